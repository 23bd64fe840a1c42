#include <array>

#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

std::string_view family_name(Family family) {
  static constexpr std::array<std::string_view, kFamilies> names{
      "meta",  "entry", "tile",   "posting", "unique", "checkpoint", "counter", "negotiation", "transfer", "agreement",
      "dataset", "offer", "source", "client", "quota", "exchange", "outbox", "idempotency", "material"};
  return names[static_cast<std::size_t>(family)];
}

}  // namespace sekisho::node
