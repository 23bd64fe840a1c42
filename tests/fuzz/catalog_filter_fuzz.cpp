// What a peer asks the catalogue to be filtered by: within its limits, and asked of texts without a fault.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/json.hpp"
#include "node/catalog/catalog_filter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = sekisho::parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json || !json->is_array()) return 0;
  const auto filter = sekisho::node::CatalogFilter::parse(json->get_array());
  if (!filter) return 0;
  constexpr std::size_t kSeparators = sekisho::node::CatalogFilter::kConditions;
  if (filter->words().size() > kSeparators * sekisho::node::CatalogFilter::kText + kSeparators) std::abort();
  const std::vector<std::string> purposes{"https://w3id.org/dpv#Verification", "https://w3id.org/dpv#Marketing"};
  const bool everything = filter->fits({"urn:a", "Strawberries", "application/x-ndjson", "https://example.org/s", purposes});
  const bool nothing = filter->fits({"", "", "", "", {}});
  if (filter->empty() && !(everything && nothing)) std::abort();
  return 0;
}
