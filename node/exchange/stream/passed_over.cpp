#include "node/exchange/stream/passed_over.hpp"

#include <algorithm>

#include "base/crypto/digest.hpp"

namespace sekisho::node {

void PassedOver::remember(const std::string& reader, std::string_view record) {
  const std::lock_guard lock(mutex_);
  if (known_.size() == kMost) known_.pop_front();
  known_.emplace_back(reader, sha256(as_bytes(record)));
}

bool PassedOver::take(const std::string& reader, std::string_view record) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(known_, std::pair(reader, sha256(as_bytes(record))));
  if (found == known_.end()) return false;
  known_.erase(found);
  return true;
}

}  // namespace sekisho::node
