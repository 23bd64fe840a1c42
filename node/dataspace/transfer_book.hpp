// The transfers that the data plane may use, in memory: rebuilt from family Transfer at start. A record is an immutable
// picture; each change of state puts a new one in its place.
//
// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "node/dataspace/data_address.hpp"
#include "policy/transfer_fsm.hpp"

namespace sekisho::node {

struct TransferRecord {
  std::string provider_pid;
  std::string consumer_pid;
  Role role = Role::Provider;
  std::shared_ptr<const AgreementRecord> agreement;
  std::string purpose;
  Digest terms{};  // statement id of the provider's terms
  policy::TransferState state = policy::TransferState::Requested;
  // Provider: the terms are durable and the start message left or is leaving, so that a token of it may be presented, although
  // the acknowledgement has not been processed yet. Consumer: STARTED. False after suspension, completion and termination.
  bool serves = false;
  std::string peer_did;
  std::string peer_dns;
  std::string peer_zone;
  std::shared_ptr<const DataAddress> push;  // where the data go; null for a pull
  Digest peer_cert{};                       // provider: the certificate that asked
  Digest signer_cert{};                     // provider: the one that sealed the request
  // Consumer only.
  std::string target;  // path of the provider's data endpoint
  std::string token;
  Instant token_expires{};
};

// A provider's push that both sides know to be started.
[[nodiscard]] bool is_pushing(const TransferRecord& record);

class TransferBook {
 public:
  // Called with the own process id after a record that is_pushing() was put; from any thread. Before anything is put or served.
  void on_push(std::function<void(const std::string& provider_pid)> listener);
  // Replaces the record of the same process; one that has ended is dropped.
  void put(std::shared_ptr<const TransferRecord> record);

  // As provider, by the own process id: what a request of the data plane names. Null when unknown or ended.
  [[nodiscard]] std::shared_ptr<const TransferRecord> find(std::string_view provider_pid) const;
  // As consumer, by the own process id.
  [[nodiscard]] std::shared_ptr<const TransferRecord> find_own(std::string_view consumer_pid) const;
  // As consumer: the newest transfer that serves pulls, with this provider, dataset and purpose.
  [[nodiscard]] std::shared_ptr<const TransferRecord> find_usable(std::string_view provider_dns, std::string_view dataset,
                                                                  std::string_view purpose) const;

  // An agreement that this node suspended or withdrew (AgreementControl): nothing is sent or asked for under it.
  void hold(const Digest& agreement, bool held);
  [[nodiscard]] bool held(const Digest& agreement) const;
  // The own process ids of the pushes that run or should.
  [[nodiscard]] std::vector<std::string> pushing() const;
  // The transfers under an agreement that have not ended, in either role.
  [[nodiscard]] std::vector<std::shared_ptr<const TransferRecord>> under(const Digest& agreement) const;

 private:
  void keep(std::shared_ptr<const TransferRecord> record, const std::string& pid);
  using Records = std::map<std::string, std::shared_ptr<const TransferRecord>, std::less<>>;
  std::function<void(const std::string&)> on_push_;
  mutable std::mutex mutex_;
  std::set<Digest> held_;
  Records provided_;  // by provider pid
  Records consumed_;  // by consumer pid: a peer chooses the other, and could choose one that is taken
  std::map<std::string, std::string, std::less<>> usable_;  // dns ‖ NUL ‖ dataset ‖ NUL ‖ purpose → consumer pid
};

}  // namespace sekisho::node
