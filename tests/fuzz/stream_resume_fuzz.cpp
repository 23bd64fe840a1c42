// Where a stream is to go on: what reads is written back as it came.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "node/exchange/stream/positions.hpp"

using namespace sekisho::node;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = parse_resume(text);
  if (!read) return 0;
  const std::string written = resume_text(read->first, read->second);
  const auto again = parse_resume(written);  // leading zeros are the only other spelling
  if (!again || *again != *read || written.size() > text.size()) std::abort();
  return 0;
}
