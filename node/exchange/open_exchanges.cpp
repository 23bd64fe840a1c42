#include "node/exchange/open_exchanges.hpp"

#include <fmt/format.h>

namespace sekisho::node {

Status OpenExchanges::admit(const Digest& agreement, Instant now) const {
  const std::size_t streams = running(agreement);
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(agreement);
  const std::size_t waiting = found == accounts_.end() ? 0 : found->second.exchanges.size();
  if (waiting + streams >= most_) {
    return fail(Error(Code::OpenExchanges, fmt::format("{} exchanges wait for a receipt, {} streams run", waiting, streams))
                    .with("open", std::to_string(waiting + streams))
                    .with("retry_after_s", "1"));
  }
  if (waiting == 0) return {};
  const Account& account = found->second;
  const auto age = now - account.by_time.begin()->first;
  if (age > oldest_) {
    return fail(Error(Code::OpenExchanges,
                      fmt::format("an exchange waits for its receipt for {} s",
                                  std::chrono::duration_cast<std::chrono::seconds>(age).count()))
                    .with("open", std::to_string(account.exchanges.size()))
                    .with("exchange", to_text(account.by_time.begin()->second))
                    .with("retry_after_s", "1"));
  }
  return {};
}

bool OpenExchanges::opened(const Digest& agreement, const Uuid& exchange, Instant at) {
  const std::lock_guard lock(mutex_);
  Account& account = accounts_[agreement];
  if (!account.exchanges.emplace(exchange, at).second) return false;
  account.by_time.emplace(at, exchange);
  return true;
}

bool OpenExchanges::closed(const Digest& agreement, const Uuid& exchange) {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(agreement);
  if (found == accounts_.end()) return false;
  Account& account = found->second;
  const auto entry = account.exchanges.find(exchange);
  if (entry == account.exchanges.end()) return false;
  for (auto [at, end] = account.by_time.equal_range(entry->second); at != end; ++at) {
    if (at->second == exchange) {
      account.by_time.erase(at);
      break;
    }
  }
  account.exchanges.erase(entry);
  return true;
}

std::shared_ptr<const void> OpenExchanges::streams(const Digest& agreement) {
  {
    const std::lock_guard lock(streams_->mutex);
    ++streams_->running[agreement];
  }
  const auto end = [all = streams_, agreement](const void*) {
    const std::lock_guard lock(all->mutex);
    if (--all->running[agreement] == 0) all->running.erase(agreement);
  };
  return {streams_.get(), end};
}

std::size_t OpenExchanges::running(const Digest& agreement) const {
  const std::lock_guard lock(streams_->mutex);
  const auto found = streams_->running.find(agreement);
  return found == streams_->running.end() ? 0 : found->second;
}

std::size_t OpenExchanges::open(const Digest& agreement) const {
  const std::size_t streams = running(agreement);
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(agreement);
  return streams + (found == accounts_.end() ? 0 : found->second.exchanges.size());
}

Bytes OpenExchanges::row_key(const Digest& agreement, const Uuid& exchange) {
  Bytes key = to_bytes("open");
  append(key, agreement);
  append(key, exchange.octets);
  return key;
}

}  // namespace sekisho::node
