// Signed notes and verifier keys: what parses is written back as the very text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trust/log/note.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::trust;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto note = parse_note(text); note && format_note(*note) != text) std::abort();
  if (const auto key = parse_vkey(text); key && key->text() != text) std::abort();
  return 0;
}
