#include "node/identity/trust_holder.hpp"

#include <algorithm>

namespace sekisho::node {

TrustHolder::TrustHolder(Bytes descriptor, const Clock& clock, SeenSnapshot newest)
    : descriptor_(std::move(descriptor)), clock_(clock), newest_(newest) {}

std::shared_ptr<const trust::TrustState> TrustHolder::current() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void TrustHolder::set_archive(Archive archive) {
  const std::lock_guard lock(mutex_);
  archive_ = std::move(archive);
}

void TrustHolder::on_change(Listener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

Status TrustHolder::replace(BytesView snapshot) {
  const std::lock_guard one_at_a_time(replacing_);
  const std::shared_ptr<const trust::TrustState> before = current();
  if (before && std::ranges::equal(before->bytes(), snapshot)) return {};
  trust::LoadOptions options;
  options.min_sequence = before ? before->sequence() + 1 : newest_.sequence;
  Result<std::shared_ptr<const trust::TrustState>> loaded =
      trust::TrustState::load(descriptor_, snapshot, clock_.now(), options);
  if (!loaded) return fail(loaded.error());
  const std::shared_ptr<const trust::TrustState> now = *loaded;
  if (!before && now->sequence() == newest_.sequence && now->digest() != newest_.digest) {
    return fail(Code::SnapshotRollback, "another snapshot of a sequence that was accepted before");
  }

  Archive archive;
  std::vector<Listener> listeners;
  {
    const std::lock_guard lock(mutex_);
    archive = archive_;
    listeners = listeners_;
  }
  if (archive) {
    Status archived = archive(snapshot, *now);
    if (!archived) return archived;
  }
  {
    const std::lock_guard lock(mutex_);
    state_ = now;
  }
  for (const Listener& listener : listeners) listener(before, now);
  return {};
}

Result<trust::PeerIdentity> TrustHolder::identify(std::span<const Bytes> chain_der, trust::Use use) const {
  const std::shared_ptr<const trust::TrustState> state = current();
  if (!state) return fail(Code::SnapshotStale, "there is no trust snapshot yet");
  return state->judge(chain_der, use, clock_.now());
}

Result<std::shared_ptr<const void>> TrustHolder::judge(std::span<const Bytes> chain_der, trust::Use use) const {
  Result<trust::PeerIdentity> identity = identify(chain_der, use);
  if (!identity) return fail(identity.error());
  return std::shared_ptr<const void>(std::make_shared<const trust::PeerIdentity>(std::move(*identity)));
}

}  // namespace sekisho::node
