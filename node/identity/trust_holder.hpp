// The trust state that holds now. A new snapshot builds a new state beside the old one and replaces it in one step;
// everybody who was asked for a judgement before keeps the state they hold, everybody after gets the new one.
//
// Thread-safe. Listeners run on the thread that called replace(), after the new state is visible.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

// The newest snapshot that this node ever accepted.
struct SeenSnapshot {
  std::uint64_t sequence = 0;  // 0: none yet
  Digest digest{};
};

class TrustHolder {
 public:
  // archive: called with the bytes of each accepted snapshot before it takes effect (family Material); an error refuses
  // it.
  using Archive = std::function<Status(BytesView snapshot, const trust::TrustState& state)>;
  // change: the state that ended (may be null) and the one that holds now.
  using Listener = std::function<void(const std::shared_ptr<const trust::TrustState>& before,
                                      const std::shared_ptr<const trust::TrustState>& now)>;

  // descriptor: the own zone's, the one anchor. newest: from the node's database; an older one is an attack or a
  // mistake also after a restart. clock outlives the holder.
  TrustHolder(Bytes descriptor, const Clock& clock, SeenSnapshot newest = {});

  // Null until the first replace().
  [[nodiscard]] std::shared_ptr<const trust::TrustState> current() const;

  // Verifies the snapshot under the own anchor. The sequence must rise: an equal one with equal bytes is accepted and
  // changes nothing, a lower one (or other bytes at an equal sequence) is SNAPSHOT_ROLLBACK. On error the old state
  // stays.
  [[nodiscard]] Status replace(BytesView snapshot);

  void set_archive(Archive archive);
  void on_change(Listener listener);

  // A chain (DER, leaf first) under the current state at the current time.
  [[nodiscard]] Result<trust::PeerIdentity> identify(std::span<const Bytes> chain_der, trust::Use use) const;
  // The same for base/http/tls: the pointer is a trust::PeerIdentity.
  [[nodiscard]] Result<std::shared_ptr<const void>> judge(std::span<const Bytes> chain_der, trust::Use use) const;
  // By which everything is judged.
  [[nodiscard]] Instant now() const { return clock_.now(); }

 private:
  const Bytes descriptor_;
  const Clock& clock_;
  const SeenSnapshot newest_;
  std::mutex replacing_;  // one replacement at a time
  mutable std::mutex mutex_;
  std::shared_ptr<const trust::TrustState> state_;
  Archive archive_;
  std::vector<Listener> listeners_;
};

// What judge() put into http::Peer::identity; null when there was no client certificate.
[[nodiscard]] inline const trust::PeerIdentity* peer_identity(const std::shared_ptr<const void>& identity) {
  return static_cast<const trust::PeerIdentity*>(identity.get());
}

}  // namespace sekisho::node
