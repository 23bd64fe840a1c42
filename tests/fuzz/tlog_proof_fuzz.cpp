// Log proofs: what parses is written back as the very text, and proves nothing under a key of nobody.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trust/log/proof.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::trust;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proof = parse_proof(text);
  if (!proof) return 0;
  if (format_proof(*proof) != text) std::abort();
  const sekisho::Ed25519PublicKey nobody;
  if (verify_proof(*proof, {}, {"farm.jp.example/sekisho/2026h2", NoteKeyType::Ed25519, nobody})) std::abort();
  return 0;
}
