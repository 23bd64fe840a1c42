// The upper layers of a node: how it reaches others, what it agreed, the exchange, the listeners.
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/core/limits.hpp"
#include "base/core/log.hpp"
#include "base/crypto/digest.hpp"
#include "node/api/cors.hpp"
#include "node/api/dsp_refusal.hpp"
#include "node/api/routes.hpp"
#include "node/app/node_parts.hpp"
#include "node/app/observe.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxPem = 256U << 10;

http::TlsIdentity tls_identity(const LocalIdentity& self) {
  return http::TlsIdentity{self.tls_chain_pem, std::string(as_text(self.tls_key_pem->view()))};
}

// For the operator, who may know what a source said wrong.
JsonArray source_health(SourceBook& sources) {
  JsonArray out;
  for (const auto& [name, health] : sources.health()) {
    out.push_back(JsonObject{
        {"name", name}, {"working", health.working}, {"problem", health.problem}, {"refused", health.refused}});
  }
  return out;
}

}  // namespace

Status Node::Parts::open_dataspace() {
  workers = std::make_unique<async::WorkerPool>(settings.workers != 0 ? settings.workers : std::max(1U, std::thread::hardware_concurrency()));
  background = std::make_unique<async::WorkerPool>(1);
  push_rules = PushRules(settings.push_allow);
  blocking = std::make_shared<async::BlockingPool>(2, 1024);

  http::TlsClientOptions tls;
  tls.identity = tls_identity(self);
  tls.judge = [holder = trust.get()](std::span<const Bytes> chain) { return holder->judge(chain, trust::Use::TlsServer); };
  auto context = http::TlsClientContext::make(std::move(tls));
  if (!context) return fail(context.error());
  http::ClientOptions options;
  options.tls = std::move(*context);
  options.resolver = resolver;
  options.idle_per_server = 256;  // as many messages as negotiations may be in flight with one peer
  options.idle_total = 1024;
  peer_http = std::make_shared<http::Client>(std::move(options));
  peers = std::make_unique<PeerClient>(*trust, peer_http);

  catalog = std::make_unique<Catalog>(self.did, self.dns);
  if (auto loaded = catalog->load(*storage); !loaded) return loaded;
  certificates = std::make_unique<CertificateBook>(self, *trust, *peers, *journal, *storage);
  if (auto archived = certificates->archive_own(); !archived) return archived;
  if (auto loaded = agreements.load(*storage, pseudonym_root(self)); !loaded) return loaded;
  tokens = std::make_unique<TokenService>(self.did, self.token_key, *clock, *random);
  federated = std::make_unique<FederatedCatalog>(3 * settings.catalog_refresh);
  crawler = std::make_unique<CatalogCrawler>(background->executor(0), *peers, *trust, *federated, *clock,
                                             CrawlOptions{settings.catalog_refresh, self.dns});
  outbox = std::make_unique<Outbox>(background->executor(0), *peers, *clock, *random);
  const DataspaceParts parts{self,      *trust,    *catalog,   *journal, *storage, *peers, *certificates,
                             agreements, transfers, *tokens, *outbox,  *clock,   *random, product_profile(), push_rules};
  DataspaceLimits dataspace_limits;
  dataspace_limits.agreements_per_peer = settings.limits.agreements_per_peer;
  negotiations = std::make_unique<NegotiationService>(parts, dataspace_limits);
  transfer_service = std::make_unique<TransferService>(parts, dataspace_limits);
  if (auto loaded = negotiations->load(); !loaded) return loaded;
  if (auto loaded = transfer_service->load(); !loaded) return loaded;
  agreement_control = std::make_unique<AgreementControl>(agreements, transfers, *transfer_service, *journal, *storage);
  return agreement_control->load();
}

Status Node::Parts::open_exchange() {
  source_context.blocking = blocking;
  http::TlsClientOptions tls;
  tls.ca_pem = "system";
  auto context = http::TlsClientContext::make(std::move(tls));
  if (!context) return fail(context.error());
  http::ClientOptions options;
  options.tls = std::move(*context);
  options.resolver = resolver;
  source_http = std::make_shared<http::Client>(std::move(options));
  source_context.http = source_http;
  source_context.resolver = resolver;
  source_context.base = settings.file.parent_path();
  source_context.egress = settings.egress;
  source_context.secret = [folder = settings.file.parent_path() / "secrets"](const std::string& name) -> Result<Secret> {
    if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.')) return fail(Code::NotFound, "no such secret");
    auto bytes = read_private_file(folder / name, 64U << 10);
    if (!bytes) return fail(bytes.error());
    while (!bytes->empty() && bytes->back() == '\n') bytes->pop_back();
    return Secret::take(std::move(*bytes));
  };
  sources = std::make_unique<SourceBook>(*catalog, source_context);
  open = std::make_unique<OpenExchanges>(settings.limits.open_exchanges, settings.limits.open_exchange_age);
  budget = std::make_unique<ByteBudget>(settings.limits.source_bytes);
  const ExchangeParts parts{self,          *trust,     *catalog,      *journal,          *storage, *disclosures, *certificates,
                            agreements,    transfers,  *negotiations, *transfer_service, *tokens,  *peers,       *sources,
                            quotas,        *open,      RetryLimits{static_cast<std::uint8_t>(settings.limits.retries), settings.limits.retry_time}, *budget, running,       streams, *clock,            *random,  metrics};
  evidence = std::make_unique<EvidenceService>(parts, settings.limits.voids_per_minute);
  receipts = std::make_unique<ReceiptIntake>(parts);
  receipt_sender = std::make_unique<ReceiptSender>(background->executor(0), *peers, *journal, *storage);
  provider = std::make_unique<Provider>(parts, *evidence);
  if (auto loaded = provider->load(); !loaded) return loaded;
  auto push_clients = PushClients::make(settings.push_allow);
  if (!push_clients) return fail(push_clients.error());
  std::vector<async::Executor> push_executors;
  for (std::size_t i = 0; i < workers->size(); ++i) push_executors.push_back(workers->executor(i));
  pushes = std::make_unique<PushService>(parts, push_rules, std::move(*push_clients), std::move(push_executors), resolver);
  consumer = std::make_unique<Consumer>(parts, *receipt_sender);
  tracer = std::make_unique<Tracer>(parts, *consumer, *blocking);
  recovery = std::make_unique<Recovery>(background->executor(0), consumer->resolver(), *storage, running);
  apply = std::make_unique<ApplyService>(*catalog, *journal, *storage, self.pseudonym_key != nullptr);
  api = std::make_unique<ApiParts>(ApiParts{self, *catalog, *journal, *storage, *publisher, *disclosures, *peers, *certificates,
                                            *negotiations, *transfer_service, *agreement_control, *provider, *consumer, *tracer, *evidence, *receipts, *apply,
                                            StatusParts{self, *trust, *journal, *storage, *publisher, [this] { return agreements.all().size(); }, *clock,
                                                        [this] { return source_health(*sources); }}, *blocking,
                                            metrics, *federated});
  return {};
}

namespace {

Result<std::shared_ptr<Pipeline>> make_pipeline(std::vector<Route> routes, PipelineOptions options) {
  auto router = Router::make(std::move(routes));
  if (!router) return fail(router.error());
  return std::make_shared<Pipeline>(std::move(*router), std::move(options));
}

// Bearer tokens of the service listener: known by their digest only.
Authenticate authenticate_by(const Catalog& catalog) {
  return [&catalog](std::string_view token) -> Result<std::shared_ptr<const ClientIdentity>> {
    const auto state = catalog.state();
    const ClientObject* client = state ? state->client(sha256(as_bytes(token))) : nullptr;
    if (client == nullptr) return fail(Code::Unauthenticated, "the token is of no client of this node");
    return std::make_shared<const ClientIdentity>(ClientIdentity{client->id, client->scopes});
  };
}

}  // namespace

Status Node::Parts::open_listeners() {
  const auto options = [this](const char* name) {
    PipelineOptions out;
    out.listener = name;
    out.most_running = settings.limits.requests;
    out.deadline = settings.limits.request_time;
    out.observe = observer(metrics);
    return out;
  };
  ServerLimits limits;
  limits.connections = settings.limits.connections;
  limits.connections_per_peer = settings.limits.connections_per_address;

  PipelineOptions peer_options = options("peer");
  peer_options.dress = dress_dsp;
  auto peer = make_pipeline(peer_routes(*api), std::move(peer_options));
  if (!peer) return fail(peer.error());
  peer_pipeline = std::move(*peer);
  PipelineOptions service_options = options("service");
  service_options.authenticate = authenticate_by(*catalog);
  service_options.first = [origins = settings.cors_origins](const http::Request& r) { return preflight(origins, r); };
  service_options.last = [origins = settings.cors_origins](const http::Headers& asked, http::Response& a) { add_cors(origins, asked, a); };
  auto service = make_pipeline(service_routes(*api), std::move(service_options));
  if (!service) return fail(service.error());
  service_pipeline = std::move(*service);
  auto local = make_pipeline(operator_routes(*api), options("operator"));
  if (!local) return fail(local.error());
  operator_pipeline = std::move(*local);

  ListenerOptions at;
  at.limits = limits;
  at.name = "operator";
  at.unix_path = settings.operator_socket.string();
  auto started = Listener::start(*workers, at, operator_pipeline);
  if (!started) return fail(started.error());
  operator_listener = std::move(*started);

  const auto certificate = read_file(settings.service_certificate, kMaxPem);
  if (!certificate) return fail(Code::KeyFile, "'listeners.service.certificate' cannot be read", certificate.error());
  const auto key = read_private_file(settings.service_key, kMaxPem);
  if (!key) return fail(key.error().code, "'listeners.service.key' cannot be used", key.error());
  auto service_tls = http::TlsServerContext::make({std::string(as_text(*certificate)), std::string(as_text(*key))}, false);
  if (!service_tls) return fail(service_tls.error());
  at = ListenerOptions{};
  at.limits = limits;
  at.name = "service";
  at.address = settings.service.address;
  at.port = settings.service.port;
  at.tls = std::move(*service_tls);
  started = Listener::start(*workers, at, service_pipeline);
  if (!started) return fail(started.error());
  service_listener = std::move(*started);

  auto peer_tls = http::TlsServerContext::make(tls_identity(self));
  if (!peer_tls) return fail(peer_tls.error());
  at = ListenerOptions{};
  at.limits = limits;
  at.name = "peer";
  at.address = settings.peer.address;
  at.port = settings.peer.port;
  at.tls = std::move(*peer_tls);
  at.judge = [holder = trust.get()](std::span<const Bytes> chain) { return holder->judge(chain, trust::Use::TlsClient); };
  started = Listener::start(*workers, at, peer_pipeline);
  if (!started) return fail(started.error());
  peer_listener = std::move(*started);

  trust->on_change([this](const auto&, const auto&) {
    peer_http->forget_idle();
    peer_listener->rejudge_all();
  });
  watcher = std::make_unique<SnapshotWatcher>(settings.snapshot, settings.snapshot_poll, *trust);
  return {};
}

}  // namespace sekisho::node
