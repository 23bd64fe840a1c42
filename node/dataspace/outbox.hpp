// Messages this node owes to peers. A row is written in the unit of work that made the message true; it is sent after
// that unit is durable (and, where it answers a request, after the answer left), again with back-off until the peer
// acknowledges it, and again after a restart. One row for each process: a newer message replaces the older.
// Where an answer was lost, or the peer refuses a repetition, the peer is asked for the state of the process.
//
// The sender lives on one executor; every public function may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/async/task.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/pacer.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/dataspace/reconcile.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

// What went wrong at a message's last attempt.
struct OutboxFailure {
  unsigned tries = 0;  // attempts so far
  std::string code;
  std::string text;  // with its causes
  Instant at{};
  Instant next{};         // when it is tried again
  bool in_doubt = false;  // the peer may have received it: ask before repeating
};

struct OutboxMessage {
  std::string owner;    // "negotiation" or "transfer": which service composes and settles it
  std::string process;  // own process id; with owner the key of the row
  std::string kind;     // what it is, for the owner: "agreement", "start" …
  std::string peer_dns;
  std::string target;        // path at the peer
  std::string body;          // may be completed by the owner at sending
  unsigned attempts = 0;     // bound, instead of the options'; a first request, whose sender waits
  std::uint64_t number = 0;  // ProcessBase::said
  std::optional<OutboxFailure> failure = std::nullopt;  // written after an attempt that failed, and only then
  bool resumed = false;                                 // found at a start: may have been sent before. Not stored
};

// Family Outbox, key "dsp/" owner "/" process.
[[nodiscard]] Bytes outbox_key(std::string_view owner, std::string_view process);
[[nodiscard]] Mutation outbox_put(const OutboxMessage& message);
[[nodiscard]] Mutation outbox_delete(std::string_view owner, std::string_view process);
[[nodiscard]] Result<OutboxMessage> outbox_from_row(BytesView value);

// What the peer's answer to a GET of the process says.
struct OutboxFinding {
  Verdict verdict = Verdict::Unusable;
  std::optional<Error> error = std::nullopt;  // of Ended: why the message cannot be delivered any more
  // Of Arrived, where the peer has gone on by a message that did not come: the statement that was in it.
  std::optional<std::string> statement = std::nullopt;
};

// The service behind an owner name. Called on the outbox's executor.
class OutboxOwner {
 public:
  virtual ~OutboxOwner() = default;
  // The outbox has begun to send: peers can be spoken to.
  virtual void started() {}
  // The path at the peer that shows the message's process; empty while it has no name there.
  [[nodiscard]] virtual std::string inquiry(const OutboxMessage& message) const = 0;
  [[nodiscard]] virtual OutboxFinding judge(const OutboxMessage& message, const http::ClientResponse& answer) const = 0;
  // An attempt failed and another follows: keeps the row, so that a restart goes on counting.
  [[nodiscard]] virtual async::Task<void> failed(OutboxMessage message) = 0;
  // The body to send now; an error drops the message as refused.
  [[nodiscard]] virtual Result<std::string> compose(const OutboxMessage& message) = 0;
  // The peer answered 2xx.
  [[nodiscard]] virtual async::Task<void> delivered(OutboxMessage message, std::string answer) = 0;
  // answered: the peer answered with an error that repeating cannot mend; else all attempts are spent, or none can be
  // made. The row is still there.
  [[nodiscard]] virtual async::Task<void> refused(OutboxMessage message, Error error, bool answered) = 0;
};

// Pauses with the defaults: half a minute of quick attempts, then one every five minutes; an hour in all.
struct OutboxOptions {
  std::chrono::milliseconds delay{
      0};  // before the first attempt, for peers that take their time after an answer; not of first requests
  std::chrono::milliseconds attempt{5'000};  // deadline of one attempt
  std::chrono::milliseconds first_pause{
      200};  // doubles with each attempt; each is shortened by chance, to its half at most
  std::chrono::milliseconds longest_pause{300'000};
  unsigned attempts = 24;
  std::size_t waiting = 65'536;  // messages in memory; more are refused with BUSY by admit()
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

  // Sends a message whose row is durable; one that has failed before after its pause.
  void send(OutboxMessage message);
  // The same once more, after a pause and from any number of attempts: its delivery could not be settled here.
  // A newer message of the process stays. counted: its failure holds this error already.
  void again(OutboxMessage message, const Error& error, bool counted = false);
  // Forgets the message of a process (its row was deleted or replaced); one on its way is not called back.
  void forget(std::string_view owner, std::string_view process);
  // A message that was committed and will be given to send() when the answer to the peer has left. Until its first
  // attempt begins the peer cannot know of it: unsent() is true. An older message of the process is forgotten.
  void expect(std::string_view owner, std::string_view process);
  [[nodiscard]] bool unsent(std::string_view owner, std::string_view process) const;
  // The message of a process that waits here, as its row does not tell it: with what is known of it now.
  [[nodiscard]] std::optional<OutboxMessage> look(std::string_view owner, std::string_view process) const;
  [[nodiscard]] Status admit() const;
  [[nodiscard]] std::size_t size() const;
  // Nothing is being sent, settled or waiting for its next attempt.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] const async::Executor& executor() const;
  [[nodiscard]] Pacer& pacer() const;

 private:
  struct State;
  struct Running;
  struct Outcome;
  void launch(OutboxMessage message, std::chrono::milliseconds pause, bool unless_newer = false);
  static async::Task<void> run(std::shared_ptr<State> state, std::string key, std::uint64_t generation,
                               std::chrono::milliseconds pause);
  static async::Task<Outcome> attempt(std::shared_ptr<State> state, OutboxOwner* owner, OutboxMessage message);
  static async::Task<Outcome> ask(std::shared_ptr<State> state, OutboxOwner* owner, OutboxMessage message);
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
