#include "node/catalog/catalog_index.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "node/catalog/catalog.hpp"
#include "policy/terms.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kPull = "HttpData-PULL";
constexpr std::string_view kPush = "HttpData-PUSH";
constexpr std::string_view kBase = "/dsp/2025-1";

std::string context() { return to_text(JsonArray{Json(policy::kDspContext)}); }

// The text of an object without its last brace.
std::string open_text(JsonObject object) {
  std::string text = to_text(Json(std::move(object)));
  text.pop_back();
  return text;
}

std::vector<std::string> purposes_of(const Dataset& dataset) {
  std::vector<std::string> all;
  for (const std::shared_ptr<const Offer>& offer : dataset.offers) {
    for (std::string& purpose : policy::offered_values(offer->ir, policy::Operand::Purpose))
      all.push_back(std::move(purpose));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string words_of(const DatasetObject& dataset, const std::vector<std::string>& purposes) {
  std::string words = fmt::format("{} {} {} {}", dataset.id, dataset.title, dataset.media, dataset.conforms_to);
  for (const std::string& purpose : purposes) words.append(" ").append(purpose);
  return words;
}

}  // namespace

CatalogIndex::CatalogIndex(std::shared_ptr<const CatalogState> state, std::string did, const std::string& dns)
    : state_(std::move(state)), did_(std::move(did)) {
  const JsonObject service{
      {"@id", did_ + "#dsp"}, {"@type", "DataService"}, {"endpointURL", fmt::format("https://{}{}", dns, kBase)}};
  head_ = open_text({{"@context", JsonArray{Json(policy::kDspContext)}},
                     {"@id", did_ + "#catalog"},
                     {"@type", "Catalog"},
                     {"participantId", did_},
                     {"service", JsonArray{Json(service)}}});
  const auto distribution = [&service](std::string_view format) {
    return to_text(Json(JsonObject{{"@type", "Distribution"}, {"format", format}, {"accessService", service}}));
  };
  tail_ = fmt::format("],\"distribution\":[{}]}}", distribution(kPull));
  push_tail_ = fmt::format("],\"distribution\":[{},{}]}}", distribution(kPull), distribution(kPush));
  std::vector<std::string> words;
  for (const auto& [id, dataset] : state_->datasets) {
    if (dataset->offers.empty()) continue;
    Entry entry;
    entry.dataset = dataset.get();
    JsonObject head{
        {"@id", id}, {"@type", "Dataset"}, {"title", dataset->object.title}, {"mediaType", dataset->object.media}};
    if (!dataset->object.conforms_to.empty()) head["conformsTo"] = dataset->object.conforms_to;
    entry.head = open_text(std::move(head)) + ",\"hasPolicy\":[";
    for (const std::shared_ptr<const Offer>& offer : dataset->offers) entry.offers.push_back(to_text(offer->document));
    entry.purposes = purposes_of(*dataset);
    words.push_back(words_of(dataset->object, entry.purposes));
    entries_.push_back(std::move(entry));
  }
  words_ = TextIndex(words);
}

bool CatalogIndex::write(const Entry& entry, const policy::Audience& party, std::string& text) const {
  bool any = false;
  const std::size_t begin = text.size();
  text += entry.head;
  for (std::size_t i = 0; i < entry.offers.size(); ++i) {
    if (!policy::could_obtain(entry.dataset->offers[i]->ir, party)) continue;
    if (any) text += ',';
    text += entry.offers[i];
    any = true;
  }
  if (!any) {
    text.resize(begin);
    return false;
  }
  text += entry.dataset->object.push ? push_tail_ : tail_;
  return true;
}

bool CatalogIndex::fits(const Entry& entry, const CatalogFilter& filter) const {
  const DatasetObject& object = entry.dataset->object;
  return filter.fits({object.id, object.title, object.media, object.conforms_to, entry.purposes});
}

// What can fit by words or by id, in order; the other conditions are held against these.
std::vector<std::uint32_t> CatalogIndex::candidates(const CatalogFilter& filter) const {
  if (!filter.words().empty()) return words_.find(filter.words());
  std::vector<std::uint32_t> places;
  if (const std::string_view id = filter.id(); !id.empty()) {
    const auto entry = std::ranges::lower_bound(entries_, id, {}, [](const Entry& e) -> std::string_view { return e.dataset->object.id; });
    if (entry != entries_.end()) places.push_back(static_cast<std::uint32_t>(entry - entries_.begin()));
    return places;
  }
  places.resize(entries_.size());
  std::iota(places.begin(), places.end(), 0U);
  return places;
}

CatalogPage CatalogIndex::page(const CatalogAsk& ask, const policy::Audience& party) const {
  const std::vector<std::uint32_t> places = candidates(ask.filter);
  const auto id_of = [this](std::uint32_t place) -> std::string_view { return entries_[place].dataset->object.id; };
  const bool backwards = !ask.before.empty();
  auto at = backwards           ? std::ranges::lower_bound(places, std::string_view(ask.before), {}, id_of)
            : ask.after.empty() ? places.begin()
                                : std::ranges::upper_bound(places, std::string_view(ask.after), {}, id_of);

  std::vector<std::string> texts;
  std::string_view first, last;
  std::size_t octets = 0;
  std::size_t left_out = backwards || !ask.after.empty() ? 0 : ask.offset;
  bool more = false;
  while (at != (backwards ? places.begin() : places.end())) {
    if (backwards) --at;
    const Entry& entry = entries_[*at];
    std::string text;
    const bool wanted = fits(entry, ask.filter) && write(entry, party, text);
    if (wanted && left_out > 0) {
      --left_out;
    } else if (wanted) {
      if (texts.size() == ask.limit || (!texts.empty() && octets + text.size() > kPageOctets)) {
        more = true;
        break;
      }
      if (texts.empty()) (backwards ? last : first) = id_of(*at);
      (backwards ? first : last) = id_of(*at);
      octets += text.size();
      texts.push_back(std::move(text));
    }
    if (!backwards) ++at;
  }
  if (backwards) std::ranges::reverse(texts);

  CatalogPage page;
  page.datasets = texts.size();
  page.text.reserve(head_.size() + octets + texts.size() + 32);
  page.text = head_;
  for (std::size_t i = 0; i < texts.size(); ++i) page.text.append(i == 0 ? ",\"dataset\":[" : ",").append(texts[i]);
  page.text += texts.empty() ? "}" : "]}";
  if (!texts.empty()) {
    if (backwards || more) page.next_after = last;
    if (backwards ? more : !ask.after.empty() || ask.offset > 0) page.previous_before = first;
  }
  return page;
}

Result<std::string> CatalogIndex::dataset(std::string_view id, const policy::Audience& party) const {
  const auto entry = std::ranges::lower_bound(entries_, id, {},
                                              [](const Entry& e) -> std::string_view { return e.dataset->object.id; });
  std::string text;
  if (entry == entries_.end() || entry->dataset->object.id != id || !write(*entry, {party.did, party.zone, std::nullopt}, text)) {
    return fail(Code::DatasetUnknown, fmt::format("no such dataset is offered to {}", party.did));
  }
  return fmt::format("{{\"@context\":{},{}", context(), std::string_view(text).substr(1));
}

}  // namespace sekisho::node
