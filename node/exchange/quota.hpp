// Counted permissions: how often each agreement was used, and how often it may still be.
//
// used      durable releases; the writer's thread raises it in commit order, in the batch that makes the release durable.
// reserved  requests that were permitted and have not ended yet. used + reserved never exceeds the limit, so two
//           requests that race for the last unit cannot both win.
// A reservation that is dropped gives its unit back (refused, void, failed); a charged one does not. When a batch fails
// after it was charged the unit counts as used until the ledger is loaded again: never too many, at worst one too few.
//
// Thread-safe. Keys are agreement digests (formats.md 2).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

class QuotaLedger {
  struct Account {
    std::uint64_t used = 0;
    std::uint64_t reserved = 0;
  };

 public:
  // Move-only; outlived by the ledger.
  class Reservation {
   public:
    Reservation() = default;
    Reservation(QuotaLedger* ledger, const Digest& agreement) : ledger_(ledger), agreement_(agreement) {}
    Reservation(Reservation&& other) noexcept : ledger_(std::exchange(other.ledger_, nullptr)), agreement_(other.agreement_) {}
    Reservation& operator=(Reservation&& other) noexcept {
      give_back();
      ledger_ = std::exchange(other.ledger_, nullptr);
      agreement_ = other.agreement_;
      return *this;
    }
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    ~Reservation() { give_back(); }

    // Turns it into a use and answers the total that the same batch stores. Once.
    [[nodiscard]] std::uint64_t charge();

   private:
    void give_back();
    QuotaLedger* ledger_ = nullptr;
    Digest agreement_{};
  };

  void load(const Digest& agreement, std::uint64_t used);
  [[nodiscard]] std::uint64_t used(const Digest& agreement) const;

  // Code::Quota when used + reserved has reached the limit.
  [[nodiscard]] Result<Reservation> reserve(const Digest& agreement, std::uint64_t limit);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<Digest, Account, DigestHash> accounts_;
};

}  // namespace sekisho::node
