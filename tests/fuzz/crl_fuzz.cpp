// What parses is DER, octet for octet, and answers for any certificate.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/pki/crl.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView input(data, size);
  const auto crl = trust::Crl::parse(input);
  if (!crl) return 0;
  if (crl->der() != to_bytes(input)) std::abort();
  if (crl->covers(crl->this_update()) && crl->next_update() < crl->this_update()) std::abort();
  return 0;
}
