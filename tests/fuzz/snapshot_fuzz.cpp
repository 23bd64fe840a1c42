// What parses is signed; loading it under its own root answers, whatever the parts mean together.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/zone/trust_state.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView input(data, size);
  const auto s = trust::TrustSnapshot::parse(input);
  if (!s) return 0;
  static_cast<void>(trust::TrustState::load(s->descriptor.root.der(), input, s->created));
  return 0;
}
