// Two nodes in one process, farm.jp.example (provider) and trade.eu.example (consumer), joined by a loopback in place
// of the network: same services, real journals on memory storage, real certificates of the test zones.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/async/sync_wait.hpp"
#include "base/async/worker_pool.hpp"
#include "base/http/url.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/journal/memory_storage.hpp"
#include "node/journal/origin.hpp"
#include "tests/support/test_zone.hpp"

namespace sekisho::node::testing {

inline const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};
inline constexpr const char* kPurpose = "https://w3id.org/dpv#FoodSafety";
inline constexpr const char* kDataset = "urn:dataset:cold-chain";
inline constexpr const char* kOffer = "urn:offer:cold-chain";

struct TestParty;

// One answer per request; the hooks see everything that passes.
class Loopback {
 public:
  std::map<std::string, TestParty*> parties;
  // A response in place of the receiver's; or a changed request.
  std::function<std::optional<Result<http::ClientResponse>>(const std::string& from, PeerRequest&)> before;
  // What comes back to the sender may be changed.
  std::function<void(const PeerRequest&, Result<http::ClientResponse>&)> back;

  std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  async::Task<Result<http::ClientResponse>> carry(std::string from, PeerRequest request);

 private:
  void note(std::string line) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(line));
  }
  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
};

class LoopbackChannel final : public PeerChannel {
 public:
  LoopbackChannel(Loopback& net, std::string from) : net_(net), from_(std::move(from)) {}
  async::Task<Result<http::ClientResponse>> send(PeerRequest request) override {
    return net_.carry(from_, std::move(request));
  }

 private:
  Loopback& net_;
  std::string from_;
};

[[nodiscard]] LocalIdentity identity_of(const sekisho::test::TestNode& node, Bytes descriptor);

struct TestParty {
  TestParty(Loopback& net, const sekisho::test::TestNode& node, const sekisho::test::TestZone& zone,
            std::shared_ptr<MemoryStorage> storage, async::Executor executor, std::uint64_t seed,
            std::chrono::milliseconds pause, const Profile& profile = product_profile(), std::size_t open_per_peer = 8,
            Pacer& pacer = steady_pacer());
  ~TestParty();
  // From storage. All parties load before one of them sends: a real node listens only then.
  void load();
  void start();  // the outbox sends what it finds
  void offer_cold_chain();

  [[nodiscard]] trust::PeerIdentity as_client(const trust::TrustState& judge) const;

  LocalIdentity self;
  std::vector<Bytes> tls_chain;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(kNow);
  std::shared_ptr<ManualRandom> random;
  std::shared_ptr<MemoryStorage> storage;
  TrustHolder trust;
  std::unique_ptr<Journal> journal;
  Catalog catalog;
  LoopbackChannel channel;
  std::unique_ptr<CertificateBook> certificates;
  AgreementBook agreements;
  TransferBook transfers;
  PushRules push_rules{{{"in.trade.eu.example", 443, "", "", std::nullopt}}};
  bool pushed = true;  // whether cold-chain is offered for pushes
  std::unique_ptr<TokenService> tokens;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<NegotiationService> negotiations;
  std::unique_ptr<TransferService> transfer_service;
};

// Offers of farm.jp: purpose and recipient zone eu.
[[nodiscard]] Json cold_chain_policy();

class TwoNodes {
 public:
  // pause: before a message that failed is sent again.
  explicit TwoNodes(std::chrono::milliseconds pause = std::chrono::milliseconds(1),
                    const Profile& farm_profile = product_profile(), Pacer& farm_pacer = steady_pacer(),
                    Pacer& trade_pacer = steady_pacer());
  ~TwoNodes();

  // Kills both in the middle of whatever they do and starts them again on their storage; hooks are gone.
  void restart();

  [[nodiscard]] Json offer();  // as farm's catalogue shows it to trade
  [[nodiscard]] Result<std::shared_ptr<const AgreementRecord>> negotiate(
      std::chrono::milliseconds patience = std::chrono::seconds(10));
  [[nodiscard]] Result<std::shared_ptr<const AgreementRecord>> negotiate_offer(
      Json offer, std::chrono::milliseconds patience = std::chrono::seconds(10));
  [[nodiscard]] Result<std::shared_ptr<const TransferRecord>> start(
      const std::string& agreement, std::string purpose = kPurpose,
      std::chrono::milliseconds patience = std::chrono::seconds(10));
  // A message of trade to farm, or of a third party when `as` is given.
  [[nodiscard]] http::Response to_farm(NegotiationRoute route, const std::string& pid, const std::string& body,
                                       const sekisho::test::TestNode* as = nullptr);
  [[nodiscard]] http::Response to_farm(TransferRoute route, const std::string& pid, const std::string& body);
  [[nodiscard]] http::Response to_trade(NegotiationRoute route, const std::string& pid, const std::string& body);
  [[nodiscard]] http::Response to_trade(TransferRoute route, const std::string& pid, const std::string& body);
  // Until the outboxes are empty (every acknowledgement processed); false after a minute.
  [[nodiscard]] bool settle();

  const sekisho::test::TestZones& zones;  // made once for all tests
  Loopback net;
  std::shared_ptr<MemoryStorage> farm_storage = std::make_shared<MemoryStorage>();
  std::shared_ptr<MemoryStorage> trade_storage = std::make_shared<MemoryStorage>();
  std::unique_ptr<async::WorkerPool> pool = std::make_unique<async::WorkerPool>(2);
  std::unique_ptr<TestParty> farm;
  std::unique_ptr<TestParty> trade;

 private:
  void open();
  void kill();
  const std::chrono::milliseconds pause_;
  const Profile& farm_profile_;
  Pacer& farm_pacer_;
  Pacer& trade_pacer_;
  std::uint64_t starts_ = 0;
};

// Polls until it holds, a minute at most: other tests run beside.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

[[nodiscard]] std::size_t entries_of(const Journal& journal, pb::EntryKind kind);

// The log's decisions about processes of a kind ("negotiation", "transfer"), GOVERNANCE or OBSERVED: "act by code".
[[nodiscard]] std::vector<std::string> decisions(const Journal& journal, pb::EntryKind kind,
                                                 std::string_view what = "negotiation");

}  // namespace sekisho::node::testing
