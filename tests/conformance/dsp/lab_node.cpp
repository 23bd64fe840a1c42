#include "tests/conformance/dsp/lab_node.hpp"

#include <fmt/format.h>

#include "base/crypto/system_random.hpp"
#include "node/api/dsp_refusal.hpp"
#include "node/api/dsp_routes.hpp"
#include "node/journal/origin.hpp"
#include "policy/offer.hpp"
#include "tests/conformance/dsp/script.hpp"
#include "tests/conformance/dsp/webhooks.hpp"

namespace sekisho::lab {
namespace {

constexpr const char* kDns = "connector.jp.example";
constexpr const char* kTarget = "CAT0101";  // what the seeded agreements are about

Json use_policy() {
  JsonObject use{{"action", "use"}};
  return Json(JsonObject{{"permission", JsonArray{Json(std::move(use))}}});
}

Result<node::LocalIdentity> identity_of(const test::TestNode& made, Bytes descriptor) {
  node::LocalIdentity self;
  self.did = made.did;
  self.dns = made.dns;
  self.zone = made.zone;
  self.organization = made.organization;
  self.statement_cert = made.statement_cert;
  self.tls_chain = made.tls_chain;
  self.statement_chain = made.statement_chain;
  self.tls_chain_pem = made.tls_chain_pem;
  self.descriptor = std::move(descriptor);
  for (const auto& [key, signer] :
       {std::pair(&made.statement_key, &self.statement_signer), std::pair(&made.log_key, &self.log_signer)}) {
    auto seed = key->ed25519_seed();
    if (!seed) return fail(seed.error());
    auto private_key = Ed25519PrivateKey::from_seed(*seed);
    if (!private_key) return fail(private_key.error());
    *signer = std::make_shared<KeySigner>(std::move(*private_key));
  }
  auto pkcs8 = made.token_key.pkcs8();
  if (!pkcs8) return fail(pkcs8.error());
  auto token_key = EcdsaPrivateKey::from_pkcs8_der(*pkcs8);
  if (!token_key) return fail(token_key.error());
  self.token_key = std::make_shared<const EcdsaPrivateKey>(std::move(*token_key));
  return self;
}

node::Mutation put(node::Family family, const std::string& key, const Json& row) {
  return {family, to_bytes(key), to_bytes(to_text(row))};
}

Result<std::unique_ptr<node::Listener>> serve(async::WorkerPool& pool, const char* name, std::uint16_t port,
                                              std::vector<node::Route> routes) {
  auto router = node::Router::make(std::move(routes));
  if (!router) return fail(router.error());
  node::PipelineOptions options;
  options.listener = name;
  options.dress = node::dress_dsp;
  node::ListenerOptions at;
  at.name = name;
  at.address = "127.0.0.1";
  at.port = port;
  return node::Listener::start(pool, std::move(at),
                               std::make_shared<node::Pipeline>(std::move(*router), std::move(options)));
}

}  // namespace

LabNode::LabNode(Settings settings)
    : settings_(std::move(settings)),
      peer_(peer_of(settings_)),
      random_(std::make_shared<SystemRandom>()),
      channel_(settings_),
      profile_(settings_) {}

Result<std::unique_ptr<LabNode>> LabNode::start(Settings settings) {
  std::unique_ptr<LabNode> node(new LabNode(std::move(settings)));
  for (const auto& step : {&LabNode::open_log, &LabNode::seed, &LabNode::open_services, &LabNode::listen}) {
    Status done = ((*node).*step)();
    if (!done) return fail(done.error());
  }
  return node;
}

LabNode::~LabNode() {
  for (node::Listener* listener : {webhooks_.get(), listener_.get()}) {
    if (listener != nullptr) listener->drain_blocking(std::chrono::milliseconds(500));
  }
  if (outbox_) outbox_->stop();
  if (journal_) journal_->stop();
  if (workers_) workers_->stop();
  webhooks_.reset();
  listener_.reset();
  workers_.reset();
}

Status LabNode::open_log() {
  const Instant now = clock_->now();
  zone_ = test::make_zone("jp", now);
  const test::TestNode made = test::enrol(zone_, kDns, "Connector under test", now);
  test::publish(zone_, now);
  auto self = identity_of(made, zone_.descriptor);
  if (!self) return fail(self.error());
  self_ = std::move(*self);
  trust_ = std::make_unique<node::TrustHolder>(zone_.descriptor, *clock_);
  if (Status taken = trust_->replace(zone_.snapshot); !taken) return taken;
  std::error_code ec;
  std::filesystem::create_directories(settings_.data, ec);
  if (ec) return fail(Code::Io, fmt::format("the folder {} cannot be made: {}", settings_.data.string(), ec.message()));
  node::RocksDbOptions options;
  options.path = settings_.data / "log";
  options.did = self_.did;
  auto storage = node::RocksDbStorage::open(std::move(options));
  if (!storage) return fail(storage.error());
  storage_ = std::move(*storage);
  node::JournalOptions journal;
  journal.origin = node::log_origin(self_.dns, now);
  journal.issuer = {self_.did, self_.zone, self_.statement_cert};
  journal.statement_signer = self_.statement_signer;
  journal.log_key = self_.log_signer->public_key();
  journal.build_id = "laboratory";
  journal.snapshot = [this] { return node::SnapshotRef{trust_->current()->sequence(), trust_->current()->digest()}; };
  journal.clock = clock_;
  journal.random = random_;
  auto opened = node::Journal::open(std::move(journal), storage_);
  if (!opened) return fail(opened.error());
  journal_ = std::move(*opened);
  return {};
}

Result<node::Mutation> LabNode::agreement(const std::string& id, node::Role role) const {
  const bool provider = role == node::Role::Provider;
  policy::AgreementParts parts;
  parts.id = id;
  parts.assigner = provider ? self_.did : peer_.did;
  parts.assignee = provider ? peer_.did : self_.did;
  parts.target = kTarget;
  parts.timestamp = clock_->now();
  Result<Json> document = policy::agreement_document(use_policy(), parts);
  if (!document) return fail(document.error());
  node::AgreementRecord record;
  record.role = role;
  record.document = std::move(*document);
  record.peer_did = peer_.did;
  record.peer_dns = peer_.dns;
  record.peer_zone = peer_.zone;
  record.dataset = kTarget;
  record.offer = offer_id(kTarget);
  record.source = "none";
  record.media = "application/json";
  Status complete = node::complete_record(record, std::nullopt, {});
  if (!complete) return fail(complete.error());
  return put(node::Family::Agreement, id, node::to_row(record));
}

Status LabNode::seed() {
  node::Unit unit;
  const node::SourceObject source{"none", Json(JsonObject{{"kind", "file"}, {"path", "none.ndjson"}})};
  unit.mutations.push_back(put(node::Family::Source, source.name, node::to_json(source)));
  for (const std::string& id : datasets()) {
    node::DatasetObject dataset;
    dataset.id = id;
    dataset.title = id;
    dataset.source = source.name;
    dataset.push = !settings_.scripted;  // the kit expects the catalogue as its own connector writes it
    const node::OfferObject offer{offer_id(id), id, use_policy()};
    unit.mutations.push_back(put(node::Family::Dataset, id, node::to_json(dataset)));
    unit.mutations.push_back(put(node::Family::Offer, offer.id, node::to_json(offer)));
  }
  for (const auto& [ids, role] : {std::pair(provided_agreements(), node::Role::Provider),
                                  std::pair(consumed_agreements(), node::Role::Consumer)}) {
    for (const std::string& id : ids) {
      Result<node::Mutation> row = agreement(id, role);
      if (!row) return fail(row.error());
      unit.mutations.push_back(std::move(*row));
    }
  }
  const auto committed = journal_->commit_blocking(std::move(unit));
  if (!committed) return fail(committed.error());
  catalog_ = std::make_unique<node::Catalog>(self_.did, self_.dns);
  if (Status loaded = catalog_->load(*storage_); !loaded) return loaded;
  return agreements_.load(*storage_, {});
}

Status LabNode::open_services() {
  workers_ = std::make_unique<async::WorkerPool>(2);
  certificates_ = std::make_unique<node::CertificateBook>(self_, *trust_, channel_, *journal_, *storage_);
  tokens_ = std::make_unique<node::TokenService>(self_.did, self_.token_key, *clock_, *random_);
  node::OutboxOptions sending;
  sending.delay = settings_.delay;
  sending.attempt = settings_.attempt;
  sending.first_pause = settings_.retry;
  sending.longest_pause = settings_.retry;
  sending.attempts = settings_.retries;
  outbox_ = std::make_unique<node::Outbox>(workers_->executor(0), channel_, *clock_, *random_, sending);
  const node::DataspaceParts parts{self_,    *trust_,        *catalog_,   *journal_,  *storage_,
                                   channel_, *certificates_, agreements_, transfers_, *tokens_,
                                   *outbox_, *clock_,        *random_,    profile_,   push_rules_};
  negotiations_ = std::make_unique<node::NegotiationService>(parts);
  transfer_service_ = std::make_unique<node::TransferService>(parts);
  if (Status loaded = negotiations_->load(); !loaded) return loaded;
  return transfer_service_->load();
}

Status LabNode::listen() {
  const node::Access open = node::Access::open("a laboratory on loopback: every caller is the peer of the settings");
  const node::Caller who = [this](const http::Request&) -> const trust::PeerIdentity& { return peer_; };
  auto listener = serve(*workers_, "dsp", settings_.port,
                        node::dsp_routes({*catalog_, *negotiations_, *transfer_service_, *clock_}, open, who));
  if (!listener) return fail(listener.error());
  listener_ = std::move(*listener);
  profile_.listens_on(listener_->port());
  auto webhooks =
      serve(*workers_, "webhooks", settings_.webhooks, webhook_routes(profile_, *negotiations_, *transfer_service_));
  if (!webhooks) return fail(webhooks.error());
  webhooks_ = std::move(*webhooks);
  return outbox_->start(*storage_);
}

}  // namespace sekisho::lab
