#include "node/dataspace/federated_catalog.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "policy/admission.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kLongestId = 256;
constexpr std::size_t kLongestText = 512;
constexpr char kBetween = '\n';  // of provider and id in `after`; neither may hold it

std::string text_of(const JsonObject& object, std::string_view name) {
  const Json* member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return std::string(std::string_view(member->get_string()).substr(0, kLongestText));
}

JsonObject entry_document(const PeerCatalog& catalog, const FederatedEntry& entry) {
  JsonObject out{{"provider", catalog.dns}, {"zone", catalog.zone}, {"dataset", entry.id}, {"title", entry.title}};
  if (!entry.media.empty()) out["mediaType"] = entry.media;
  if (!entry.conforms_to.empty()) out["conformsTo"] = entry.conforms_to;
  out["purposes"] = JsonArray(entry.purposes.begin(), entry.purposes.end());
  out["offers"] = entry.offers;
  return out;
}

}  // namespace

std::shared_ptr<const PeerCatalog> make_peer_catalog(PeerCatalog catalog) {
  std::ranges::sort(catalog.entries, {}, &FederatedEntry::id);
  std::vector<std::string> texts;
  for (const FederatedEntry& entry : catalog.entries) {
    std::string& text = texts.emplace_back(
        fmt::format("{} {} {} {} {}", catalog.dns, entry.id, entry.title, entry.media, entry.conforms_to));
    for (const std::string& purpose : entry.purposes) text.append(" ").append(purpose);
  }
  catalog.words = TextIndex(texts);
  return std::make_shared<const PeerCatalog>(std::move(catalog));
}

std::optional<FederatedEntry> federated_entry(const Json& dataset) {
  if (!dataset.is_object()) return std::nullopt;
  const JsonObject& object = dataset.get_object();
  FederatedEntry entry;
  const Json* id = object.if_contains("@id");
  if (id == nullptr || !id->is_string()) return std::nullopt;
  entry.id = id->get_string();
  const bool plain =
      std::ranges::all_of(entry.id, [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
  if (entry.id.empty() || entry.id.size() > kLongestId || !plain) return std::nullopt;
  entry.title = text_of(object, "title");
  entry.media = text_of(object, "mediaType");
  entry.conforms_to = text_of(object, "conformsTo");
  const Json* offers = object.if_contains("hasPolicy");
  if (offers == nullptr || !offers->is_array()) return std::nullopt;
  policy::AdmissionOptions admission;
  admission.expired_is_fatal = false;
  for (const Json& offer : offers->get_array()) {
    ++entry.offers;
    // An offer with terms that this node does not know is still an offer, of purposes that it cannot tell.
    const Result<policy::PolicyIr> ir = policy::admit_policy(offer, policy::PolicyKind::CatalogueOffer, admission);
    if (!ir) continue;
    for (std::string& purpose : policy::offered_values(*ir, policy::Operand::Purpose))
      entry.purposes.push_back(std::move(purpose));
  }
  std::ranges::sort(entry.purposes);
  entry.purposes.erase(std::unique(entry.purposes.begin(), entry.purposes.end()), entry.purposes.end());
  return entry;
}

void FederatedCatalog::put(std::shared_ptr<const PeerCatalog> catalog, Instant at) {
  const std::lock_guard lock(mutex_);
  Place& place = places_[catalog->dns];
  place.zone = catalog->zone;
  place.catalog = std::move(catalog);
  place.confirmed = place.tried = at;
  place.failure.clear();
}

void FederatedCatalog::confirm(const std::string& dns, Instant at) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(dns);
  if (found == places_.end()) return;
  found->second.confirmed = found->second.tried = at;
  found->second.failure.clear();
}

void FederatedCatalog::failed(const std::string& dns, const std::string& zone, Code code, Instant at) {
  const std::lock_guard lock(mutex_);
  Place& place = places_[dns];
  place.zone = zone;
  place.failure = code_info(code).name;
  place.tried = at;
}

void FederatedCatalog::keep(const std::function<bool(const std::string& dns)>& known) {
  const std::lock_guard lock(mutex_);
  std::erase_if(places_, [&](const auto& entry) { return !known(entry.first); });
}

JsonObject FederatedCatalog::describe(const Place& place, Instant now) const {
  JsonObject out{{"zone", place.zone}};
  if (place.catalog) {
    out["did"] = place.catalog->did;
    out["datasets"] = place.catalog->entries.size();
    out["confirmedAt"] = to_rfc3339(place.confirmed);
    out["stale"] = now - place.confirmed > stale_after_;
    // Nobody signs catalogues; the offer itself is compared again, and the agreement signed, when it is taken.
    out["proof"] =
        JsonObject{{"kind", "mutual-tls"}, {"signed", false}, {"certificate", to_hex(place.catalog->certificate)}};
  }
  if (!place.failure.empty()) {
    out["failure"] = place.failure;
    out["triedAt"] = to_rfc3339(place.tried);
  }
  return out;
}

JsonObject FederatedCatalog::search(const FederatedQuestion& question,
                                    const std::function<bool(const std::string& dns)>& known, Instant now) const {
  std::map<std::string, Place, std::less<>> places;
  {
    const std::lock_guard lock(mutex_);
    places = places_;
  }
  const std::size_t between = question.after.find(kBetween);
  const std::string_view after_dns = std::string_view(question.after).substr(0, between);
  const std::string_view after_id =
      between == question.after.npos ? std::string_view() : std::string_view(question.after).substr(between + 1);
  JsonArray entries;
  JsonObject providers;
  std::string last;
  bool more = false;
  for (const auto& [dns, place] : places) {
    if (!question.provider.empty() && dns != question.provider) continue;
    if (!question.zone.empty() && place.zone != question.zone) continue;
    if (!known(dns)) continue;
    providers[dns] = describe(place, now);
    if (more || !place.catalog || dns < after_dns) continue;
    for (const std::uint32_t at : place.catalog->words.find(question.text)) {
      const FederatedEntry& entry = place.catalog->entries[at];
      if (dns == after_dns && entry.id <= after_id) continue;
      if (entries.size() == question.limit) {
        more = true;
        break;
      }
      entries.push_back(entry_document(*place.catalog, entry));
      last = fmt::format("{}{}{}", dns, kBetween, entry.id);
    }
  }
  JsonObject out{{"entries", std::move(entries)}, {"providers", std::move(providers)}};
  if (more) out["after"] = to_base64url(as_bytes(last));
  return out;
}

std::size_t FederatedCatalog::size() const {
  const std::lock_guard lock(mutex_);
  std::size_t all = 0;
  for (const auto& [dns, place] : places_) all += place.catalog ? place.catalog->entries.size() : 0;
  return all;
}

}  // namespace sekisho::node
