// Releases that wait for their receipt, for each agreement. A consumer that stops sending receipts is refused
// (429 OPEN_EXCHANGES) when too many wait or one waits too long (formats.md 4); what waits survives a restart as
// rows "open" ‖ agreement ‖ exchange of family Exchange. A stream counts while it runs, whatever its age: the credit of
// its own receipts bounds that. After its end it waits like the others.
//
// Thread-safe. Times are the log times of the releases.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "base/core/uuid.hpp"

namespace sekisho::node {

class OpenExchanges {
 public:
  OpenExchanges(std::size_t most, std::chrono::milliseconds oldest) : most_(most), oldest_(oldest) {}

  // Code::OpenExchanges with help "retry_after_s" when the agreement must wait for receipts.
  [[nodiscard]] Status admit(const Digest& agreement, Instant now) const;
  // Before the release is committed, because its receipt may be here before the commit's caller is. False when it was open.
  bool opened(const Digest& agreement, const Uuid& exchange, Instant at);
  // False when it was not open: its receipt was here before, or there was no such release.
  bool closed(const Digest& agreement, const Uuid& exchange);
  // A stream runs until the guard goes, which may outlive this.
  [[nodiscard]] std::shared_ptr<const void> streams(const Digest& agreement);
  [[nodiscard]] std::size_t open(const Digest& agreement) const;  // streams too

  // The row that keeps one open over a restart.
  [[nodiscard]] static Bytes row_key(const Digest& agreement, const Uuid& exchange);

 private:
  struct Account {
    std::unordered_map<Uuid, Instant, UuidHash> exchanges;
    std::multimap<Instant, Uuid> by_time;
  };
  struct Streams {
    std::mutex mutex;
    std::unordered_map<Digest, std::size_t, DigestHash> running;
  };
  [[nodiscard]] std::size_t running(const Digest& agreement) const;

  std::size_t most_;
  std::chrono::milliseconds oldest_;
  mutable std::mutex mutex_;
  std::unordered_map<Digest, Account, DigestHash> accounts_;
  std::shared_ptr<Streams> streams_ = std::make_shared<Streams>();
};

}  // namespace sekisho::node
