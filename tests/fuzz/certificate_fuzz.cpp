// What parses is DER, octet for octet, and can be checked against every profile without harm.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/pki/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView input(data, size);
  const auto c = trust::Certificate::parse(input);
  if (!c) return 0;
  if (c->der() != to_bytes(input)) std::abort();
  for (const trust::Use use : {trust::Use::TlsClient, trust::Use::Statement}) {
    const auto names = trust::check_leaf(*c, use);
    if (names && (!trust::is_dns_name(names->dns) || names->did != trust::did_web(names->dns))) std::abort();
  }
  static_cast<void>(trust::check_root(*c));
  static_cast<void>(trust::check_ca(*c, *c, 0));
  return 0;
}
