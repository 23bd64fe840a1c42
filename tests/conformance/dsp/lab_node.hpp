// A node for the laboratory: the product's node/dataspace, journal, RocksDB, server and routes; an identity of a test
// zone made at start; plain HTTP on 127.0.0.1; no data plane. The webhooks (POST /tck/negotiations/requests,
// /tck/transfers/requests) listen on a port of their own.
#pragma once

#include <memory>

#include "base/async/worker_pool.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/journal/journal.hpp"
#include "node/server/listener.hpp"
#include "node/storage/rocksdb_storage.hpp"
#include "tests/conformance/dsp/lab_peer.hpp"
#include "tests/support/test_zone.hpp"

namespace sekisho::lab {

class LabNode {
 public:
  // Serves when it returns.
  [[nodiscard]] static Result<std::unique_ptr<LabNode>> start(Settings settings);
  ~LabNode();
  LabNode(const LabNode&) = delete;
  LabNode& operator=(const LabNode&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  [[nodiscard]] std::uint16_t webhook_port() const { return webhooks_->port(); }
  [[nodiscard]] const std::string& did() const { return self_.did; }

 private:
  explicit LabNode(Settings settings);
  [[nodiscard]] Status open_log();
  [[nodiscard]] Status seed();
  [[nodiscard]] Status open_services();
  [[nodiscard]] Status listen();
  [[nodiscard]] Result<node::Mutation> agreement(const std::string& id, node::Role role) const;

  const Settings settings_;
  const trust::PeerIdentity peer_;
  std::shared_ptr<SystemClock> clock_ = std::make_shared<SystemClock>();
  std::shared_ptr<Random> random_;
  test::TestZone zone_;
  node::LocalIdentity self_;
  std::unique_ptr<node::TrustHolder> trust_;
  std::shared_ptr<node::RocksDbStorage> storage_;
  std::unique_ptr<node::Journal> journal_;
  std::unique_ptr<async::WorkerPool> workers_;
  LabChannel channel_;
  LabProfile profile_;
  std::unique_ptr<node::Catalog> catalog_;
  std::unique_ptr<node::CertificateBook> certificates_;
  node::AgreementBook agreements_;
  node::TransferBook transfers_;
  const node::PushRules push_rules_{{{"in.peer.lab.example", 443, "", "", std::nullopt}}};
  std::unique_ptr<node::TokenService> tokens_;
  std::unique_ptr<node::Outbox> outbox_;
  std::unique_ptr<node::NegotiationService> negotiations_;
  std::unique_ptr<node::TransferService> transfer_service_;
  std::unique_ptr<node::Listener> listener_, webhooks_;
};

}  // namespace sekisho::lab
