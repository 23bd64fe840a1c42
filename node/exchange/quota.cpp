#include "node/exchange/quota.hpp"

#include <fmt/format.h>

namespace sekisho::node {

std::uint64_t QuotaLedger::Reservation::charge() {
  QuotaLedger* ledger = std::exchange(ledger_, nullptr);
  if (ledger == nullptr) return 0;
  const std::lock_guard lock(ledger->mutex_);
  Account& account = ledger->accounts_[agreement_];
  --account.reserved;
  return ++account.used;
}

void QuotaLedger::Reservation::give_back() {
  QuotaLedger* ledger = std::exchange(ledger_, nullptr);
  if (ledger == nullptr) return;
  const std::lock_guard lock(ledger->mutex_);
  --ledger->accounts_[agreement_].reserved;
}

void QuotaLedger::load(const Digest& agreement, std::uint64_t used) {
  const std::lock_guard lock(mutex_);
  accounts_[agreement].used = used;
}

std::uint64_t QuotaLedger::used(const Digest& agreement) const {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(agreement);
  return found == accounts_.end() ? 0 : found->second.used;
}

Result<QuotaLedger::Reservation> QuotaLedger::reserve(const Digest& agreement, std::uint64_t limit) {
  const std::lock_guard lock(mutex_);
  Account& account = accounts_[agreement];
  if (account.used + account.reserved >= limit) {
    return fail(Error(Code::Quota, fmt::format("{} of {} uses are spent", account.used + account.reserved, limit))
                    .with("limit", std::to_string(limit))
                    .with("used", std::to_string(account.used)));
  }
  ++account.reserved;
  return Reservation(this, agreement);
}

}  // namespace sekisho::node
