// A peer's answer about its catalogue: the first line is a Link field, the rest the document. A link never leads
// elsewhere than to the peer's own catalogue; entries stay within their bounds and can be indexed and searched.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/http/url.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/federated_catalog.hpp"

namespace {

void follow(std::string_view field) {
  sekisho::http::Headers headers;
  headers.add("Link", std::string(field));
  const auto target = sekisho::node::next_target(headers, "peer.example");
  if (!target || target->empty()) return;
  if (!target->starts_with(sekisho::node::kCatalogTarget) || !sekisho::http::parse_target(*target)) std::abort();
  if (target->find_first_of(" \r\n") != std::string::npos) std::abort();
}

void index(const sekisho::Json& dataset) {
  (void)sekisho::node::offers_of(dataset);
  auto entry = sekisho::node::federated_entry(dataset);
  if (!entry) return;
  if (entry->id.empty() || entry->id.size() > 256) std::abort();
  sekisho::node::PeerCatalog one{"peer.example", "did:web:peer.example", "eu", {}, {std::move(*entry)}, {}};
  sekisho::node::FederatedCatalog all(std::chrono::seconds(1));
  all.put(sekisho::node::make_peer_catalog(std::move(one)), sekisho::Instant());
  sekisho::node::FederatedQuestion question;
  (void)all.search(question, [](const std::string&) { return true; }, sekisho::Instant());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  follow(text.substr(0, line));
  const auto json = sekisho::parse_json(text.substr(std::min(line + 1, text.size())));
  if (!json) return 0;
  index(*json);
  if (!json->is_object()) return 0;
  const auto* datasets = json->get_object().if_contains("dataset");
  if (datasets == nullptr || !datasets->is_array()) return 0;
  for (const auto& dataset : datasets->get_array()) index(dataset);
  return 0;
}
