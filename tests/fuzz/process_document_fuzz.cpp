// What a peer answers when it is asked for a process, or refuses one: read, written and read again to the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "node/dataspace/messages.hpp"

using namespace sekisho::node;

namespace {

void round_trip(std::string_view body, std::string_view type, sekisho::Result<ProcessDocument> (*parse)(std::string_view)) {
  const auto document = parse(body);
  if (!document) return;
  const std::string once = to_body(*document, type);
  const auto again = parse(once);
  if (!again || to_body(*again, type) != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  round_trip(body, "ContractNegotiation", parse_negotiation);
  round_trip(body, "TransferProcess", parse_transfer);
  if (const auto error = parse_error(body)) {
    const sekisho::Error taken = error_of(*error, "peer.example");
    if (taken.help.size() > 16 || taken.chain().find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
