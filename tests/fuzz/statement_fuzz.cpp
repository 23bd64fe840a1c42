// Statements: no input breaks the parser; what parses is of the host that it names and has its own id.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trust/evidence/statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::trust;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto s = parse_statement(text);
  if (!s) return 0;
  if (s->id != statement_id(text) || s->issuer.did != "did:web:" + s->origin.substr(0, s->origin.find('/')))
    std::abort();
  if (s->counter.has_value() != s->agreement.has_value()) std::abort();
  return 0;
}
