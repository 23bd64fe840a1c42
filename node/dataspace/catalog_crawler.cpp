#include "node/dataspace/catalog_crawler.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/catalog_service.hpp"

namespace sekisho::node {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLanes = 4;
constexpr std::size_t kPages = 1000;
constexpr std::size_t kOctets = 32U << 20;
constexpr std::size_t kDatasetsOfPeer = 100'000;
constexpr std::size_t kDatasets = 1'000'000;
constexpr std::chrono::seconds kPageTime{10};
constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kTick{500};
constexpr milliseconds kLook{10};

// What is remembered of a peer between two visits.
struct Visit {
  struct Page {
    std::string target, etag;
  };
  std::string dns, did, zone;
  std::vector<Page> pages;
  async::SteadyTime due{};
  unsigned failures = 0;
};

Result<PeerCatalog> add_page(PeerCatalog catalog, const CatalogAnswer& answer) {
  const Json* datasets = answer.document.get_object().if_contains("dataset");
  if (datasets == nullptr || !datasets->is_array()) return catalog;
  for (const Json& dataset : datasets->get_array()) {
    std::optional<FederatedEntry> entry = federated_entry(dataset);
    if (entry) catalog.entries.push_back(std::move(*entry));
  }
  if (catalog.entries.size() > kDatasetsOfPeer)
    return fail(Code::LimitExceeded, "more datasets than are kept of one peer");
  return catalog;
}

std::vector<trust::NodeRecord> known_nodes(const trust::TrustState& trust) {
  std::vector<trust::NodeRecord> all;
  const auto add = [&](const std::vector<trust::NodeRecord>& nodes) {
    for (const trust::NodeRecord& node : nodes) {
      if (trust.node(node.dns) != nullptr) all.push_back(node);
    }
  };
  add(trust.snapshot().nodes);
  for (const trust::ForeignZone& zone : trust.foreign_zones()) add(zone.nodes);
  return all;
}

}  // namespace

struct CatalogCrawler::State {
  State(async::Executor e, PeerChannel& p, const TrustHolder& t, FederatedCatalog& c, const Clock& k, CrawlOptions o)
      : executor(std::move(e)), peers(p), trust(t), catalog(c), clock(k), options(std::move(o)) {}
  async::Executor executor;
  PeerChannel& peers;
  const TrustHolder& trust;
  FederatedCatalog& catalog;
  const Clock& clock;
  const CrawlOptions options;
  std::atomic<bool> stopped{false};
  std::map<std::string, Visit, std::less<>> visits;
  std::deque<std::string> due;  // of the present round
  std::size_t lanes = 0;        // that work on it

  void refresh();
  void settle(Visit& visit, const Status& done);
  async::Task<Result<bool>> unchanged(Visit& visit);
  async::Task<Status> read(Visit& visit);
  async::Task<Status> look(Visit& visit);
};

// The peers of the present snapshot, and who of them is due.
void CatalogCrawler::State::refresh() {
  due.clear();
  const std::shared_ptr<const trust::TrustState> now = trust.current();
  if (!now) return;
  for (const trust::NodeRecord& node : known_nodes(*now)) {
    if (node.dns == options.self) continue;
    Visit& visit = visits[node.dns];
    visit.dns = node.dns;
    visit.did = node.did;
    visit.zone = node.zone;
  }
  std::erase_if(visits, [&](const auto& entry) { return now->node(entry.first) == nullptr; });
  catalog.keep([&](const std::string& dns) { return now->node(dns) != nullptr; });
  for (const auto& [dns, visit] : visits) {
    if (visit.due <= std::chrono::steady_clock::now()) due.push_back(dns);
  }
}

// A tenth earlier or later by the name, so that not all nodes ask at once.
void CatalogCrawler::State::settle(Visit& visit, const Status& done) {
  milliseconds pause = options.period;
  if (done) {
    visit.failures = 0;
  } else {
    visit.pages.clear();
    pause = kFirstPause;
    for (unsigned i = 0; i < visit.failures && pause < options.period; ++i) pause *= 2;
    pause = std::min(pause, options.period);
    ++visit.failures;
    catalog.failed(visit.dns, visit.zone, done.error().code, clock.now());
    log_info("catalog.crawl", {{"peer", visit.dns}, {"code", done.error().name()}, {"again_ms", pause.count()}});
  }
  const auto spread = static_cast<std::int64_t>(std::hash<std::string>{}(visit.dns + options.self) % 21) - 10;
  visit.due = std::chrono::steady_clock::now() + pause + pause * spread / 100;
}

// Whether all pages are still what they were.
async::Task<Result<bool>> CatalogCrawler::State::unchanged(Visit& visit) {
  if (visit.pages.empty()) co_return false;
  for (const Visit::Page& page : visit.pages) {
    if (page.etag.empty()) co_return false;
    CatalogQuestion question;
    question.target = page.target;
    question.etag = page.etag;
    Result<CatalogAnswer> answer =
        co_await fetch_catalog_page(peers, visit.dns, std::move(question), async::Deadline::in(kPageTime));
    if (!answer) co_return fail(answer.error());
    if (!answer->unchanged) co_return false;
  }
  co_return true;
}

async::Task<Status> CatalogCrawler::State::read(Visit& visit) {
  PeerCatalog found;
  found.dns = visit.dns;
  found.did = visit.did;
  found.zone = visit.zone;
  std::vector<Visit::Page> pages;
  std::size_t octets = 0;
  std::string target(kCatalogTarget);
  while (!target.empty()) {
    if (pages.size() >= kPages) co_return fail(Code::LimitExceeded, "more pages than are read of one peer");
    CatalogQuestion question;
    question.target = target;
    Result<CatalogAnswer> answer =
        co_await fetch_catalog_page(peers, visit.dns, std::move(question), async::Deadline::in(kPageTime));
    if (!answer) co_return fail(answer.error());
    octets += answer->octets;
    if (octets > kOctets) co_return fail(Code::LimitExceeded, "more octets than are read of one peer");
    found.certificate = answer->certificate;
    Result<PeerCatalog> more = add_page(std::move(found), *answer);
    if (!more) co_return fail(more.error());
    found = std::move(*more);
    const auto before = std::ranges::find(pages, answer->next, &Visit::Page::target);
    if (before != pages.end() || answer->next == target)
      co_return fail(Code::PeerRefused, "the pages of the catalogue go in a circle");
    pages.push_back({std::move(target), std::move(answer->etag)});
    target = std::move(answer->next);
  }
  if (catalog.size() + found.entries.size() > kDatasets)
    co_return fail(Code::LimitExceeded, "more datasets than are kept in all");
  log_info("catalog.crawled", {{"peer", visit.dns}, {"datasets", found.entries.size()}, {"pages", pages.size()}});
  catalog.put(make_peer_catalog(std::move(found)), clock.now());
  visit.pages = std::move(pages);
  co_return Status();
}

async::Task<Status> CatalogCrawler::State::look(Visit& visit) {
  Result<bool> same = co_await unchanged(visit);
  if (!same) co_return fail(same.error());
  if (!*same) co_return co_await read(visit);
  catalog.confirm(visit.dns, clock.now());
  co_return Status();
}

// Ends with its lane, however that ends.
struct CatalogCrawler::LaneGuard {
  explicit LaneGuard(std::shared_ptr<State> s) : state(std::move(s)) {}
  LaneGuard(const LaneGuard&) = delete;
  LaneGuard& operator=(const LaneGuard&) = delete;
  ~LaneGuard() { --state->lanes; }
  std::shared_ptr<State> state;
};

CatalogCrawler::CatalogCrawler(async::Executor executor, PeerChannel& peers, const TrustHolder& trust,
                               FederatedCatalog& catalog, const Clock& clock, CrawlOptions options)
    : state_(std::make_shared<State>(std::move(executor), peers, trust, catalog, clock, std::move(options))) {}

CatalogCrawler::~CatalogCrawler() { stop(); }

void CatalogCrawler::stop() { state_->stopped = true; }

void CatalogCrawler::start() {
  if (state_->options.period.count() == 0) return;
  async::spawn(state_->executor, run(state_), "catalogue crawler");
}

async::Task<void> CatalogCrawler::round() { return round_of(state_); }

async::Task<void> CatalogCrawler::lane(std::shared_ptr<State> state) {
  const LaneGuard guard(state);
  while (!state->due.empty() && !state->stopped) {
    const std::string dns = state->due.front();
    state->due.pop_front();
    // A copy: the peer may leave the snapshot meanwhile.
    Visit visit = state->visits[dns];
    Status done = co_await state->look(visit);
    state->settle(visit, done);
    const auto place = state->visits.find(dns);
    if (place != state->visits.end()) place->second = std::move(visit);
  }
}

async::Task<void> CatalogCrawler::round_of(std::shared_ptr<State> state) {
  state->refresh();
  const std::size_t count = std::min(kLanes, state->due.size());
  for (std::size_t i = 0; i < count; ++i) {
    ++state->lanes;
    async::spawn(state->executor, lane(state), "catalogue lane");
  }
  // Looked for, not signalled: when a node ends, frames are dropped in any order, and no lane may touch this one's.
  while (state->lanes > 0) co_await async::sleep_for(kLook);
}

async::Task<void> CatalogCrawler::run(std::shared_ptr<State> state) {
  while (!state->stopped) {
    co_await round_of(state);
    co_await async::sleep_for(kTick);
  }
}

}  // namespace sekisho::node
