// Events of any shape, and identifiers of any spelling: a canonical identifier is its own canonical form.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/json.hpp"
#include "schemas/epcis/digital_link.hpp"
#include "schemas/epcis/event_hash.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::schemas::epcis;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto link = canonical_digital_link(text);
      link && link->find('%') == std::string::npos && canonical_id(*link) != *link) {
    std::abort();
  }
  const auto json = sekisho::parse_json(text);
  if (!json || !json->is_object()) return 0;
  const auto context = hash_context(json->get_object());
  const auto hash = event_hash(json->get_object(), context);
  if (hash && hash->size() != 91) std::abort();
  return 0;
}
