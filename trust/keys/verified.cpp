#include "trust/keys/verified.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::trust {

VerifiedSignatures& VerifiedSignatures::shared() {
  static VerifiedSignatures all;
  return all;
}

Digest VerifiedSignatures::name_of(std::string_view what, BytesView key, BytesView message, BytesView signature) {
  Bytes all = to_bytes(what);
  all.push_back(0);
  append(all, sha256(key));
  append(all, be64(message.size()));
  append(all, message);
  append(all, signature);
  return sha256(all);
}

bool VerifiedSignatures::contains(const Digest& name) const {
  const std::lock_guard lock(mutex_);
  return known_.contains(name);
}

void VerifiedSignatures::insert(const Digest& name) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= capacity_) known_.clear();
  known_.insert(name);
}

std::size_t VerifiedSignatures::size() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

}  // namespace sekisho::trust
