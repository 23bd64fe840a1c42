#include "tests/unit/node/dataspace/two_nodes.hpp"

#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "base/crypto/digest.hpp"
#include "node/dataspace/messages.hpp"
#include "tests/support/dsp_schemas.hpp"

namespace sekisho::node::testing {
namespace {

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().chain());
  std::abort();
}
void must(Status status) {
  if (status) return;
  fmt::print(stderr, "{}\n", status.error().chain());
  std::abort();
}

// The routes of node/api that a peer may use here.
async::Task<http::Response> dispatch(TestParty& at, trust::PeerIdentity peer, std::string method, std::string target,
                                     std::string body) {
  const http::Target parsed = must(http::parse_target(target));
  std::vector<std::string> s = parsed.segments;
  if (s.size() == 4 && s[0] == "sekisho" && s[2] == "certificates") {
    Result<Bytes> chain = at.certificates->serve(must(digest_from_hex(s[3])));
    http::Response response;
    response.status = chain ? 200 : 404;
    if (chain) response.body = std::string(as_text(*chain));
    co_return response;
  }
  if (s.size() == 5 && s[0] == "sekisho" && s[4] == "token") co_return at.transfer_service->renew_token(peer, s[3]);
  if (s.size() < 4 || s[0] != "dsp") co_return http::text_response(404, "no such path");
  if (s[2] == "catalog") {
    if (s[3] != "request") co_return on_dataset(at.catalog, peer, s[4], kNow);
    http::Request request;
    request.method = method;
    request.query = parsed.query;
    request.body = std::move(body);
    co_return on_catalog_request(at.catalog, peer, request, kNow);
  }
  const std::string last = s.back();
  const std::string pid = s.size() > 4 ? s[3] : "";
  if (s[2] == "negotiations") {
    if (method == "GET") co_return at.negotiations->get(peer, s[3]);
    static const std::map<std::string, NegotiationRoute> routes{{"offers", NegotiationRoute::Offer},
                                                                {"agreement", NegotiationRoute::Agreement},
                                                                {"verification", NegotiationRoute::Verification},
                                                                {"events", NegotiationRoute::Event},
                                                                {"termination", NegotiationRoute::Termination}};
    NegotiationRoute route = pid.empty() ? NegotiationRoute::Request : NegotiationRoute::CounterRequest;
    if (routes.contains(last)) route = routes.at(last);
    if (pid.empty() && last == "offers") route = NegotiationRoute::InitialOffer;
    co_return co_await at.negotiations->on_message(route, std::move(peer), pid, std::move(body));
  }
  if (method == "GET") co_return at.transfer_service->get(peer, s[3]);
  static const std::map<std::string, TransferRoute> routes{{"request", TransferRoute::Request},
                                                           {"start", TransferRoute::Start},
                                                           {"completion", TransferRoute::Completion},
                                                           {"suspension", TransferRoute::Suspension},
                                                           {"termination", TransferRoute::Termination}};
  co_return co_await at.transfer_service->on_message(routes.at(last), std::move(peer), pid, std::move(body));
}

const sekisho::test::TestZones& shared_zones() {
  static const sekisho::test::TestZones zones = sekisho::test::make_test_zones(kNow);
  return zones;
}

// Of the protocol, and not of the product's own end points or a page that did not change.
http::Response judged(http::Response response) {
  if (!response.body.empty() && !response.headers.has("Content-Encoding")) {
    sekisho::test::DspSchemas::expect_valid("an answer", response.body);
  }
  return response;
}

// A response as the network would carry it: the receiver is told that it left.
http::ClientResponse carried(http::Response response) {
  if (response.after) response.after(true);
  http::ClientResponse out;
  out.status = response.status;
  out.headers = response.headers;
  out.body = std::move(response.body);
  return out;
}

}  // namespace

async::Task<Result<http::ClientResponse>> Loopback::carry(std::string from, PeerRequest request) {
  note(fmt::format("{} {} {}", from, request.method, request.target));
  const bool dsp = request.target.starts_with(kDspBase);
  if (dsp && !request.body.empty()) sekisho::test::DspSchemas::expect_valid(from, request.body);
  if (before) {
    std::optional<Result<http::ClientResponse>> instead = before(from, request);
    if (instead) co_return std::move(*instead);
  }
  const auto party = parties.find(request.dns);
  if (party == parties.end() || party->second == nullptr) co_return fail(Code::Connection, request.dns + " is away");
  TestParty& at = *party->second;
  trust::PeerIdentity peer = parties.at(from)->as_client(*at.trust.current());
  http::Response response = co_await dispatch(at, std::move(peer), request.method, request.target, request.body);
  if (dsp) response = judged(std::move(response));
  Result<http::ClientResponse> answer = carried(std::move(response));
  if (back) back(request, answer);
  co_return answer;
}

LocalIdentity identity_of(const sekisho::test::TestNode& node, Bytes descriptor) {
  LocalIdentity self;
  self.did = node.did;
  self.dns = node.dns;
  self.zone = node.zone;
  self.organization = node.organization;
  self.statement_cert = node.statement_cert;
  self.tls_chain = node.tls_chain;
  self.statement_chain = node.statement_chain;
  self.tls_chain_pem = node.tls_chain_pem;
  self.descriptor = std::move(descriptor);
  self.statement_signer =
      std::make_shared<KeySigner>(must(Ed25519PrivateKey::from_seed(must(node.statement_key.ed25519_seed()))));
  self.log_signer = std::make_shared<KeySigner>(must(Ed25519PrivateKey::from_seed(must(node.log_key.ed25519_seed()))));
  self.token_key =
      std::make_shared<const EcdsaPrivateKey>(must(EcdsaPrivateKey::from_pkcs8_der(must(node.token_key.pkcs8()))));
  self.pseudonym_key = std::make_shared<const Secret>(Secret::copy_of(sha256(as_bytes(self.dns))));
  return self;
}

TestParty::TestParty(Loopback& net, const sekisho::test::TestNode& node, const sekisho::test::TestZone& zone,
                     std::shared_ptr<MemoryStorage> where, async::Executor executor, std::uint64_t seed,
                     std::chrono::milliseconds pause, const Profile& profile, std::size_t open_per_peer, Pacer& pacer)
    : self(identity_of(node, zone.descriptor)),
      tls_chain(node.tls_chain),
      random(std::make_shared<ManualRandom>(seed)),
      storage(std::move(where)),
      trust(zone.descriptor, *clock),
      catalog(node.did, node.dns),
      channel(net, node.dns) {
  must(trust.replace(zone.snapshot));
  JournalOptions options;
  options.origin = log_origin(node.dns, kNow);
  options.issuer = {node.did, node.zone, node.statement_cert};
  options.statement_signer = self.statement_signer;
  options.log_key = self.log_signer->public_key();
  options.build_id = "test";
  options.snapshot = [this] { return SnapshotRef{trust.current()->sequence(), trust.current()->digest()}; };
  options.clock = clock;
  options.random = random;
  journal = must(Journal::open(std::move(options), storage));
  certificates = std::make_unique<CertificateBook>(self, trust, channel, *journal, *storage);
  tokens = std::make_unique<TokenService>(self.did, self.token_key, *clock, *random);
  OutboxOptions sending;
  sending.first_pause = pause;
  sending.longest_pause = 4 * pause;
  outbox = std::make_unique<Outbox>(std::move(executor), channel, *clock, *random, sending, pacer);
  const DataspaceParts parts{self,      trust,   catalog, *journal, *storage, channel, *certificates, agreements,
                             transfers, *tokens, *outbox, *clock,   *random,  profile, push_rules};
  DataspaceLimits limits;
  limits.open_per_peer = open_per_peer;
  negotiations = std::make_unique<NegotiationService>(parts, limits);
  transfer_service = std::make_unique<TransferService>(parts, limits);
}

TestParty::~TestParty() {
  outbox->stop();
  journal->stop();
}

void TestParty::load() {
  must(catalog.load(*storage));
  must(agreements.load(*storage, pseudonym_root(self)));
  must(negotiations->load());
  must(transfer_service->load());
}

void TestParty::start() { must(outbox->start(*storage)); }

trust::PeerIdentity TestParty::as_client(const trust::TrustState& judge) const {
  return must(judge.judge(tls_chain, trust::Use::TlsClient, kNow));
}

Json cold_chain_policy() {
  return must(parse_json(fmt::format(R"({{
    "profile": ["https://w3id.org/sekisho/v1/"],
    "permission": [{{"action": "use", "constraint": [
      {{"leftOperand": "odrl:purpose", "operator": "eq", "rightOperand": "{}"}},
      {{"leftOperand": "https://w3id.org/sekisho/v1/recipientZone", "operator": "eq", "rightOperand": "eu"}}]}}],
    "prohibition": [{{"action": "odrl:distribute"}}]}})",
                                     kPurpose)));
}

void TestParty::offer_cold_chain() {
  const Json view = must(parse_json(
      R"({"media": "application/x-ndjson", "fields": {"/lot": "keep", "/celsius": "keep", "/sensor": {"pseudonym": "sensor"}}})"));
  const SourceObject source{"events", must(parse_json(R"({"kind": "file", "path": "events.ndjson"})"))};
  const DatasetObject dataset{kDataset, "Cold chain", "events", "application/x-ndjson", view, std::nullopt, "", pushed};
  const OfferObject offer{kOffer, kDataset, cold_chain_policy()};
  Unit unit;
  unit.mutations.push_back({Family::Source, to_bytes(source.name), to_bytes(to_text(to_json(source)))});
  unit.mutations.push_back({Family::Dataset, to_bytes(dataset.id), to_bytes(to_text(to_json(dataset)))});
  unit.mutations.push_back({Family::Offer, to_bytes(offer.id), to_bytes(to_text(to_json(offer)))});
  (void)must(journal->commit_blocking(std::move(unit)));
}

TwoNodes::TwoNodes(std::chrono::milliseconds pause, const Profile& farm_profile, Pacer& farm_pacer, Pacer& trade_pacer)
    : zones(shared_zones()),
      pause_(pause),
      farm_profile_(farm_profile),
      farm_pacer_(farm_pacer),
      trade_pacer_(trade_pacer) {
  set_log_level(LogLevel::Off);  // refusals are what these tests are about
  open();
  farm->offer_cold_chain();
  farm->load();
  trade->load();
  farm->start();
  trade->start();
}

TwoNodes::~TwoNodes() { kill(); }

void TwoNodes::open() {
  ++starts_;
  farm = std::make_unique<TestParty>(net, zones.farm, zones.jp, farm_storage, pool->executor(0), 100 + starts_, pause_,
                                     farm_profile_, 8, farm_pacer_);
  trade = std::make_unique<TestParty>(net, zones.trade, zones.eu, trade_storage, pool->executor(1), 200 + starts_,
                                      pause_, product_profile(), 8, trade_pacer_);
  net.parties["farm.jp.example"] = farm.get();
  net.parties["trade.eu.example"] = trade.get();
}

// Coroutines go before the services they use; the journals before the contexts they answer to.
void TwoNodes::kill() {
  pool->stop();
  farm->journal->stop();
  trade->journal->stop();
  pool.reset();
  farm.reset();
  trade.reset();
}

void TwoNodes::restart() {
  kill();
  net.before = nullptr;
  net.back = nullptr;
  pool = std::make_unique<async::WorkerPool>(2);
  open();
  farm->load();
  trade->load();
  farm->start();
  trade->start();
}

Json TwoNodes::offer() {
  const Json dataset = must(async::sync_wait(
      fetch_dataset(trade->channel, "farm.jp.example", kDataset, async::Deadline::in(std::chrono::seconds(5)))));
  return must(offers_of(dataset)).front();
}

Result<std::shared_ptr<const AgreementRecord>> TwoNodes::negotiate(std::chrono::milliseconds patience) {
  return negotiate_offer(offer(), patience);
}

Result<std::shared_ptr<const AgreementRecord>> TwoNodes::negotiate_offer(Json wanted,
                                                                         std::chrono::milliseconds patience) {
  return async::sync_wait(
      trade->negotiations->negotiate("farm.jp.example", kDataset, std::move(wanted), async::Deadline::in(patience)));
}

Result<std::shared_ptr<const TransferRecord>> TwoNodes::start(const std::string& agreement, std::string purpose,
                                                              std::chrono::milliseconds patience) {
  return async::sync_wait(
      trade->transfer_service->start_transfer(agreement, std::move(purpose), async::Deadline::in(patience)));
}

http::Response TwoNodes::to_farm(NegotiationRoute route, const std::string& pid, const std::string& body,
                                 const sekisho::test::TestNode* as) {
  trust::PeerIdentity peer = trade->as_client(*farm->trust.current());
  if (as != nullptr) {
    peer.did = as->did;
    peer.dns = as->dns;
    peer.zone = as->zone;
  }
  return judged(async::sync_wait(farm->negotiations->on_message(route, peer, pid, body)));
}

http::Response TwoNodes::to_farm(TransferRoute route, const std::string& pid, const std::string& body) {
  return judged(
      async::sync_wait(farm->transfer_service->on_message(route, trade->as_client(*farm->trust.current()), pid, body)));
}

http::Response TwoNodes::to_trade(NegotiationRoute route, const std::string& pid, const std::string& body) {
  return judged(
      async::sync_wait(trade->negotiations->on_message(route, farm->as_client(*trade->trust.current()), pid, body)));
}

http::Response TwoNodes::to_trade(TransferRoute route, const std::string& pid, const std::string& body) {
  return judged(async::sync_wait(
      trade->transfer_service->on_message(route, farm->as_client(*trade->trust.current()), pid, body)));
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

bool TwoNodes::settle() {
  return eventually([this] {
    const std::size_t before = net.seen().size();
    const bool idle = farm->outbox->idle() && trade->outbox->idle() && farm->outbox->idle();
    return idle && net.seen().size() == before;
  });
}

std::size_t entries_of(const Journal& journal, pb::EntryKind kind) {
  std::size_t found = 0;
  const std::uint64_t size = journal.head().size;
  for (std::uint64_t i = 0; i < size; ++i) {
    if (must(journal.reader().entry(i)).entry.kind() == kind) ++found;
  }
  return found;
}

std::vector<std::string> decisions(const Journal& journal, pb::EntryKind kind, std::string_view what) {
  std::vector<std::string> out;
  for (std::uint64_t i = 0; i < journal.head().size; ++i) {
    const auto stored = journal.reader().entry(i);
    if (!stored || stored->entry.kind() != kind) continue;
    const Result<Json> detail = parse_json(stored->entry.detail());
    if (!detail || get_string(detail->get_object(), "what").value_or("") != what) continue;
    const JsonObject& row = detail->get_object();
    out.push_back(get_string(row, "act").value_or("") + " " + get_string(row, "by").value_or("") +
                  (row.contains("code") ? " " + get_string(row, "code").value_or("") : ""));
  }
  return out;
}

}  // namespace sekisho::node::testing
