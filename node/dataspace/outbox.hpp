// Messages this node owes to peers. A row is written in the unit of work that made the message true; it is sent after
// that unit is durable (and, where it answers a request, after the answer left), again with back-off until the peer
// acknowledges it, and again after a restart. One row for each process: a newer message replaces the older.
//
// The sender lives on one executor; every public function may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/async/task.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/pacer.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

struct OutboxMessage {
  std::string owner;    // "negotiation" or "transfer": which service composes and settles it
  std::string process;  // own process id; with owner the key of the row
  std::string kind;     // what it is, for the owner: "agreement", "start" …
  std::string peer_dns;
  std::string target;   // path at the peer
  std::string body;     // may be completed by the owner at sending
  unsigned attempts = 0;  // instead of the options', where somebody waits for the answer; not stored
};

// Family Outbox, key "dsp/" owner "/" process.
[[nodiscard]] Bytes outbox_key(std::string_view owner, std::string_view process);
[[nodiscard]] Mutation outbox_put(const OutboxMessage& message);
[[nodiscard]] Mutation outbox_delete(std::string_view owner, std::string_view process);
[[nodiscard]] Result<OutboxMessage> outbox_from_row(BytesView value);

// The service behind an owner name. Called on the outbox's executor.
class OutboxOwner {
 public:
  virtual ~OutboxOwner() = default;
  // The body to send now; an error drops the message as refused.
  [[nodiscard]] virtual Result<std::string> compose(const OutboxMessage& message) = 0;
  // The peer answered 2xx.
  [[nodiscard]] virtual async::Task<void> delivered(OutboxMessage message, std::string answer) = 0;
  // answered: the peer answered with an error that repeating cannot mend; else all attempts are spent. The row is still there.
  [[nodiscard]] virtual async::Task<void> refused(OutboxMessage message, Error error, bool answered) = 0;
};

struct OutboxOptions {
  std::chrono::milliseconds delay{0};                // before the first attempt, for peers that take their time after an answer; not of first requests
  std::chrono::milliseconds attempt{5'000};          // deadline of one attempt
  std::chrono::milliseconds first_pause{200};        // doubles with each attempt; each is shortened by chance, to its half at most
  std::chrono::milliseconds longest_pause{30'000};
  unsigned attempts = 12;
  std::size_t waiting = 65'536;                      // messages in memory; more are refused with BUSY by admit()
};

class Outbox {
 public:
  // All outlive the outbox; executor is where it sends.
  Outbox(async::Executor executor, PeerChannel& peers, const Clock& clock, Random& random, OutboxOptions options = {},
         Pacer& pacer = steady_pacer());
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Before start(); the owner outlives the outbox.
  void own(std::string name, OutboxOwner& owner);

  // Reads every "dsp/" row and sends it. Once.
  [[nodiscard]] Status start(const Storage& storage);
  // Nothing is sent afterwards; rows stay.
  void stop();

  // Sends a message whose row is durable.
  void send(OutboxMessage message);
  // Forgets the message of a process (its row was deleted or replaced); one on its way is not called back.
  void forget(std::string_view owner, std::string_view process);
  // A message that was committed and will be given to send() when the answer to the peer has left. Until its first attempt
  // begins the peer cannot know of it: unsent() is true.
  void expect(std::string_view owner, std::string_view process);
  [[nodiscard]] bool unsent(std::string_view owner, std::string_view process) const;
  [[nodiscard]] Status admit() const;
  [[nodiscard]] std::size_t size() const;
  // Nothing is being sent, settled or waiting for its next attempt.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] const async::Executor& executor() const;
  [[nodiscard]] Pacer& pacer() const;

 private:
  struct State;
  struct Running;
  static async::Task<void> run(std::shared_ptr<State> state, std::string key, std::uint64_t generation);
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
