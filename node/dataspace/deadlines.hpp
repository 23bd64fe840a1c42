// How long a process may stay in a state, and the one timer that sees to it. A process is due in a state that is not final
// since it entered it, whoever is to speak next; what happens then is the owner's: it asks the peer once and ends the
// process, or outwaits it (inquiry.hpp). Transfers that run or are suspended have no deadline, because their agreement bounds them; of them the peer is
// asked once a day whether it has ended them.
//
// The watch polls nothing: while no process is open no timer runs, and each process is in the watch once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/async/task.hpp"
#include "base/core/clock.hpp"
#include "node/dataspace/pacer.hpp"
#include "policy/negotiation_fsm.hpp"
#include "policy/transfer_fsm.hpp"

namespace sekisho::node {

struct Patience {
  std::chrono::milliseconds requested = std::chrono::hours(24);  // a provider may let a person decide within a day
  std::chrono::milliseconds offered = std::chrono::days(7);      // a person decides, and may be away for some days
  std::chrono::milliseconds accepted = std::chrono::hours(4);    // from here on machines speak: longer than a node is
  std::chrono::milliseconds agreed = std::chrono::hours(4);      //   down for maintenance, shorter than a working day
  std::chrono::milliseconds verified = std::chrono::hours(24);   // the agreement is sealed by both: ending it is the dearest
  std::chrono::milliseconds transfer = std::chrono::hours(1);    // a transfer that was asked for: somebody waits for data
};

// How often the peer is asked for a transfer without a deadline: its end may have got lost.
inline constexpr std::chrono::hours kInquiry{24};
// When a step that failed here is tried again.
inline constexpr std::chrono::minutes kSoon{1};

// nullopt: none.
[[nodiscard]] std::optional<std::chrono::milliseconds> patience_for(policy::NegotiationState state, const Patience& patience);
[[nodiscard]] std::optional<std::chrono::milliseconds> patience_for(policy::TransferState state, const Patience& patience);

// Thread-safe.
class DeadlineWatch {
 public:
  // Sees to what is due; the answer is when it is due again, if it is. On the executor, 16 at a time.
  using Due = std::function<async::Task<std::optional<Instant>>(std::string pid)>;

  // clock and pacer outlive the watch; nothing that due refers to may be gone before the executor has stopped.
  DeadlineWatch(async::Executor executor, const Clock& clock, Pacer& pacer, Due due);
  ~DeadlineWatch();
  DeadlineWatch(const DeadlineWatch&) = delete;
  DeadlineWatch& operator=(const DeadlineWatch&) = delete;

  // In place of an earlier deadline of the same process; nullopt: it has none any more.
  void set(const std::string& pid, std::optional<Instant> at);
  // Deadlines are kept from the beginning, but nothing is due before this. What was due while the node was down gets a
  // minute: its peers repeat their messages now.
  void start();
  void stop();
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
