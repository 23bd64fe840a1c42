// Envelopes in their three spellings, and log entries: what decodes encodes back to the very octets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trust/evidence/envelope.hpp"
#include "trust/evidence/log_entry.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView bytes(data, size);
  if (const auto e = trust::decode_envelope(bytes); e && trust::encode_envelope(*e) != to_bytes(bytes)) std::abort();
  if (const auto e = trust::envelope_from_header(as_text(bytes)); e) {
    const auto again = trust::envelope_header(*e);
    if (!again || *again != as_text(bytes)) std::abort();
  }
  if (const auto e = trust::envelope_from_dsse(as_text(bytes)); e && !trust::check_seal_shape(e->seal)) std::abort();
  if (const auto entry = trust::parse_log_entry(bytes); entry && entry->SerializeAsString() != as_text(bytes))
    std::abort();
  return 0;
}
