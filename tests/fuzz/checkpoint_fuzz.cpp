// Checkpoints and origins: what parses is written back as the very text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trust/log/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::trust;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto head = parse_checkpoint_text(text); head && checkpoint_text(*head) != text) std::abort();
  if (const auto origin = parse_log_origin(text); origin && origin->text() != text) std::abort();
  const sekisho::Ed25519PublicKey nobody;
  if (open_checkpoint(text, {"farm.jp.example/sekisho/2026h2", NoteKeyType::Ed25519, nobody})) std::abort();
  return 0;
}
