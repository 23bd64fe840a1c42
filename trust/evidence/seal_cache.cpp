#include "trust/evidence/seal_cache.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::trust {

Status SealCache::verify(std::string_view payload, const Seal& seal, const Ed25519PublicKey& key) {
  const Result<Bytes> message = sealed_message(payload, seal);
  if (!message) return fail(message.error());
  const Digest entry = sha256({BytesView(key.octets), BytesView(*message), BytesView(seal.signature)});
  if (touch(entry)) return {};
  if (!sekisho::verify(key, *message, seal.signature)) return fail(Code::SignatureInvalid, "the seal does not verify");
  insert(entry);
  return {};
}

std::size_t SealCache::size() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

std::size_t SealCache::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

bool SealCache::touch(const Digest& key) {
  const std::lock_guard lock(mutex_);
  const auto it = known_.find(key);
  if (it == known_.end()) return false;
  order_.splice(order_.begin(), order_, it->second);
  ++hits_;
  return true;
}

void SealCache::insert(const Digest& key) {
  const std::lock_guard lock(mutex_);
  if (capacity_ == 0 || known_.contains(key)) return;
  if (known_.size() >= capacity_) {
    known_.erase(order_.back());
    order_.pop_back();
  }
  order_.push_front(key);
  known_.emplace(key, order_.begin());
}

}  // namespace sekisho::trust
