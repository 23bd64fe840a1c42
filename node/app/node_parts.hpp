// Everything a node is made of, in the order of its making. Destruction is the reverse; drain() has ended all work before.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "base/async/blocking_pool.hpp"
#include "base/async/worker_pool.hpp"
#include "base/core/metrics.hpp"
#include "base/crypto/system_random.hpp"
#include "base/http/client.hpp"
#include "base/http/resolver.hpp"
#include "connectors/connector.hpp"
#include "node/api/parts.hpp"
#include "node/app/node.hpp"
#include "node/app/node_hooks.hpp"
#include "node/app/snapshot_watcher.hpp"
#include "node/dataspace/catalog_crawler.hpp"
#include "node/exchange/push/service.hpp"
#include "node/exchange/recovery.hpp"
#include "node/server/listener.hpp"
#include "node/storage/rocksdb_disclosures.hpp"
#include "node/storage/rocksdb_storage.hpp"

namespace sekisho::node {

struct Node::Parts {
  Settings settings;
  Metrics metrics;
  std::shared_ptr<SystemClock> clock;
  std::shared_ptr<SystemRandom> random = std::make_shared<SystemRandom>();

  // who we are
  LocalIdentity self;
  // what is durable
  std::shared_ptr<RocksDbStorage> storage;
  std::unique_ptr<RocksDbDisclosures> disclosures;
  // whom we believe
  std::unique_ptr<TrustHolder> trust;
  // the log
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Publisher> publisher;
  // threads; reset by drain() while everything that their coroutines hold is still there
  std::unique_ptr<async::WorkerPool> workers;
  std::unique_ptr<async::WorkerPool> background;
  std::shared_ptr<async::BlockingPool> blocking;
  // how we reach others
  std::shared_ptr<http::Resolver> resolver = std::make_shared<http::Resolver>();
  std::shared_ptr<http::Client> peer_http;
  std::shared_ptr<http::Client> source_http;
  std::unique_ptr<PeerClient> peers;
  // what we offer and agreed
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<CertificateBook> certificates;
  AgreementBook agreements;
  TransferBook transfers;
  PushRules push_rules;
  std::unique_ptr<FederatedCatalog> federated;
  std::unique_ptr<CatalogCrawler> crawler;
  std::unique_ptr<TokenService> tokens;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<NegotiationService> negotiations;
  std::unique_ptr<TransferService> transfer_service;
  std::unique_ptr<AgreementControl> agreement_control;
  // the exchange
  connectors::Context source_context;
  std::unique_ptr<SourceBook> sources;
  QuotaLedger quotas;
  std::unique_ptr<OpenExchanges> open;
  std::unique_ptr<ByteBudget> budget;
  RunningExchanges running;
  StreamBook streams;
  std::unique_ptr<EvidenceService> evidence;
  std::unique_ptr<ReceiptIntake> receipts;
  std::unique_ptr<ReceiptSender> receipt_sender;
  std::unique_ptr<Provider> provider;
  std::unique_ptr<PushService> pushes;
  std::unique_ptr<Consumer> consumer;
  std::unique_ptr<Tracer> tracer;
  std::unique_ptr<Recovery> recovery;
  // operators, auditors, clients
  std::unique_ptr<ApplyService> apply;
  std::unique_ptr<ApiParts> api;
  std::shared_ptr<Pipeline> peer_pipeline, service_pipeline, operator_pipeline;
  std::unique_ptr<Listener> peer_listener, service_listener, operator_listener;
  std::unique_ptr<SnapshotWatcher> watcher;
  bool drained = false;

  [[nodiscard]] Status open_identity();
  [[nodiscard]] Status open_storage(const NodeHooks* hooks);
  [[nodiscard]] Status open_trust();
  [[nodiscard]] Status open_log();
  [[nodiscard]] Status open_dataspace();
  [[nodiscard]] Status open_exchange();
  [[nodiscard]] Status open_listeners();
  [[nodiscard]] Status archive(BytesView snapshot, const trust::TrustState& state);
};

}  // namespace sekisho::node
