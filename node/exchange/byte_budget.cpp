#include "node/exchange/byte_budget.hpp"

namespace sekisho::node {

ByteBudget::Share::~Share() { (void)budget_.change(peer_, bytes_, 0); }

Status ByteBudget::Share::resize(std::uint64_t bytes) {
  auto changed = budget_.change(peer_, bytes_, bytes);
  if (changed) bytes_ = bytes;
  return changed;
}

Result<std::shared_ptr<ByteBudget::Share>> ByteBudget::take(const std::string& peer, std::uint64_t bytes) {
  auto share = std::make_shared<Share>(*this, peer);
  if (auto taken = share->resize(bytes); !taken) return fail(taken.error());
  return share;
}

std::uint64_t ByteBudget::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

Status ByteBudget::change(const std::string& peer, std::uint64_t from, std::uint64_t to) {
  const std::lock_guard lock(mutex_);
  const auto of_peer = by_peer_.try_emplace(peer, 0).first;
  const bool fits = to <= from || (held_ - from + to <= most_ && of_peer->second - from + to <= most_ / 2);
  if (fits) {
    held_ = held_ - from + to;
    of_peer->second = of_peer->second - from + to;
  }
  if (of_peer->second == 0) by_peer_.erase(of_peer);
  if (fits) return {};
  return fail(Error(Code::Busy, "the crossings of this node hold as much of their sources as it allows")
                  .with("limit", "limits.source_bytes")
                  .with("retry_after_s", "1"));
}

}  // namespace sekisho::node
