// What parses for the DID is written and read again with the same keys.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/identity/did_document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView input(data, size);
  const auto d = trust::parse_did_document(as_text(input), "did:web:farm.jp.example");
  if (!d) return 0;
  const auto text = trust::did_document_json(*d);
  if (!text) std::abort();
  const auto again = trust::parse_did_document(to_text(*text), d->did);
  if (!again || again->keys.size() != d->keys.size()) std::abort();
  return 0;
}
