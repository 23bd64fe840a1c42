// Frames of a stream: however the octets are cut, the same frames come out, and each is written as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "node/exchange/stream/frame.hpp"

using namespace sekisho;
using namespace sekisho::node;

namespace {

std::string read_all(std::string_view octets, std::size_t step) {
  FrameReader reader;
  std::string out;
  while (!octets.empty()) {
    const auto part = octets.substr(0, step);
    octets.remove_prefix(part.size());
    if (!reader.feed(part)) return out + "!";
    for (;;) {
      const auto frame = reader.next();
      if (!frame) return out + "!";
      if (!*frame) break;
      out += encode_frame((*frame)->chunk, (*frame)->envelope);
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string whole = read_all(text, text.size());
  if (!whole.empty() && whole.back() == '!') return 0;
  if (!text.starts_with(whole)) std::abort();
  if (read_all(text, 7) != whole) std::abort();
  return 0;
}
