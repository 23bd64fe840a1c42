// The transfers that the data plane may use, in memory: rebuilt from family Transfer at start. A record is an immutable
// picture; each change of state puts a new one in its place.
//
// Thread-safe.
#pragma once

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
  // Consumer only.
  std::string target;  // path of the provider's data endpoint
  std::string token;
  Instant token_expires{};
};

class TransferBook {
 public:
  // Replaces the record of the same process; one that has ended is dropped.
  void put(std::shared_ptr<const TransferRecord> record);

  // As provider, by the own process id: what a request of the data plane names. Null when unknown or ended.
  [[nodiscard]] std::shared_ptr<const TransferRecord> find(std::string_view provider_pid) const;
  // As consumer, by the own process id.
  [[nodiscard]] std::shared_ptr<const TransferRecord> find_own(std::string_view consumer_pid) const;
  // As consumer: the newest transfer that serves, with this provider, dataset and purpose.
  [[nodiscard]] std::shared_ptr<const TransferRecord> find_usable(std::string_view provider_dns, std::string_view dataset,
                                                                  std::string_view purpose) const;

  // An agreement that this node suspended or withdrew (AgreementControl): nothing is sent or asked for under it.
  void hold(const Digest& agreement, bool held);
  [[nodiscard]] bool held(const Digest& agreement) const;
  // The transfers under an agreement that have not ended, in either role.
  [[nodiscard]] std::vector<std::shared_ptr<const TransferRecord>> under(const Digest& agreement) const;

 private:
  using Records = std::map<std::string, std::shared_ptr<const TransferRecord>, std::less<>>;
  mutable std::mutex mutex_;
  std::set<Digest> held_;
  Records provided_;  // by provider pid
  Records consumed_;  // by consumer pid: a peer chooses the other, and could choose one that is taken
  std::map<std::string, std::string, std::less<>> usable_;  // dns ‖ NUL ‖ dataset ‖ NUL ‖ purpose → consumer pid
};

}  // namespace sekisho::node
