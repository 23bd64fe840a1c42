#include "node/dataspace/outbox.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/async/spawn.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/outbox_step.hpp"
#include "node/dataspace/outgoing_check.hpp"
#include "node/dataspace/process.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kPrefix = "dsp/";
constexpr std::size_t kProcessLimit = 16 * 1024;  // of the answer to a GET of a process, which has four members

std::string key_text(std::string_view owner, std::string_view process) { return std::string(as_text(outbox_key(owner, process))); }

}  // namespace

struct Outbox::State {
  async::Executor executor;
  PeerChannel& peers;
  const Clock& clock;
  Random& random;
  OutboxOptions options;
  Pacer& pacer;
  std::map<std::string, OutboxOwner*, std::less<>> owners;

  struct Waiting {
    OutboxMessage message;
    std::uint64_t generation = 0;
  };
  mutable std::mutex mutex;
  std::map<std::string, Waiting, std::less<>> waiting;
  std::set<std::string, std::less<>> unsent;
  std::uint64_t generations = 0;
  bool stopped = false;
  std::atomic<std::size_t> running{0};

  State(async::Executor e, PeerChannel& p, const Clock& c, Random& r, OutboxOptions o, Pacer& t)
      : executor(std::move(e)), peers(p), clock(c), random(r), options(o), pacer(t) {}

  // The message, if it is still the one that was to be sent.
  std::optional<OutboxMessage> take(const std::string& key, std::uint64_t generation) const {
    const std::lock_guard lock(mutex);
    const auto found = waiting.find(key);
    if (stopped || found == waiting.end() || found->second.generation != generation) return std::nullopt;
    return found->second.message;
  }
  bool settle(const std::string& key, std::uint64_t generation) {
    const std::lock_guard lock(mutex);
    const auto found = waiting.find(key);
    if (stopped || found == waiting.end() || found->second.generation != generation) return false;
    waiting.erase(found);
    return true;
  }
  void begin(const std::string& key) {
    const std::lock_guard lock(mutex);
    unsent.erase(key);
  }
  // False when the message is not waited for any more.
  bool note(const std::string& key, std::uint64_t generation, const OutboxFailure& failure) {
    const std::lock_guard lock(mutex);
    const auto found = waiting.find(key);
    if (stopped || found == waiting.end() || found->second.generation != generation) return false;
    found->second.message.failure = failure;
    return true;
  }
  // Equal jitter: messages that failed together do not come back together.
  std::chrono::milliseconds pause(unsigned attempt) const {
    auto pause = options.first_pause;
    for (unsigned i = 0; i < attempt && pause < options.longest_pause; ++i) pause *= 2;
    pause = std::min(pause, options.longest_pause);
    std::array<std::uint8_t, 3> draw{};
    random.fill(draw);
    const std::int64_t half = pause.count() / 2;
    const std::int64_t part = draw[0] | draw[1] << 8 | draw[2] << 16;  // 24 bits
    return std::chrono::milliseconds(pause.count() - half * part / (1 << 24));
  }
};

Outbox::Outbox(async::Executor executor, PeerChannel& peers, const Clock& clock, Random& random, OutboxOptions options,
               Pacer& pacer)
    : state_(std::make_shared<State>(std::move(executor), peers, clock, random, options, pacer)) {}

Outbox::~Outbox() { stop(); }

void Outbox::own(std::string name, OutboxOwner& owner) { state_->owners[std::move(name)] = &owner; }

Status Outbox::start(const Storage& storage) {
  std::vector<OutboxMessage> found;
  Status damaged;
  Status scanned = storage.scan(Family::Outbox, {}, as_bytes(kPrefix), [&](BytesView, BytesView value) {
    Result<OutboxMessage> message = outbox_from_row(value);
    if (!message) {
      damaged = fail(message.error());
      return false;
    }
    found.push_back(std::move(*message));
    return true;
  });
  if (!scanned) return scanned;
  if (!damaged) return damaged;
  for (auto& [name, owner] : state_->owners) owner->started();
  // At once, whatever pause was begun: what kept the peer away may be over, and nobody waits for a pause after a start.
  for (OutboxMessage& message : found) {
    message.resumed = true;
    launch(std::move(message), std::chrono::milliseconds(0));
  }
  return {};
}

void Outbox::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
  state_->waiting.clear();
}

void Outbox::send(OutboxMessage message) {
  std::chrono::milliseconds pause(0);
  if (message.failure) {
    pause = state_->pause(message.failure->tries - 1);
  } else if (message.attempts == 0) {
    pause = state_->options.delay;
  }
  launch(std::move(message), pause);
}

void Outbox::again(OutboxMessage message, const Error& error, bool counted) {
  if (!counted) log_warn("dataspace.outbox", error, {{"peer", message.peer_dns}, {"message", message.kind}, {"process", message.process}});
  if (!message.failure) message.failure.emplace();
  OutboxFailure& failure = *message.failure;
  if (!counted || failure.tries == 0) ++failure.tries;
  failure.code = error.name();
  failure.text = operator_text(error);
  failure.in_doubt = true;
  const std::chrono::milliseconds pause = state_->pause(failure.tries - 1);
  failure.at = state_->clock.now();
  failure.next = failure.at + pause;
  launch(std::move(message), pause, true);
}

void Outbox::launch(OutboxMessage message, std::chrono::milliseconds pause, bool unless_newer) {
  std::string key = key_text(message.owner, message.process);
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return;
    if (unless_newer && (state_->waiting.contains(key) || state_->unsent.contains(key))) return;
    // Each is sent by who wrote it, when its answer has left: the older may come last.
    const auto waits = state_->waiting.find(key);
    if (waits != state_->waiting.end() && waits->second.message.number > message.number) return;
    generation = ++state_->generations;
    state_->waiting[key] = {std::move(message), generation};
  }
  ++state_->running;
  async::spawn(state_->executor, run(state_, std::move(key), generation, pause), "outbox");
}

void Outbox::forget(std::string_view owner, std::string_view process) {
  const std::lock_guard lock(state_->mutex);
  const std::string key = key_text(owner, process);
  state_->waiting.erase(key);
  state_->unsent.erase(key);
}

void Outbox::expect(std::string_view owner, std::string_view process) {
  const std::lock_guard lock(state_->mutex);
  std::string key = key_text(owner, process);
  state_->waiting.erase(key);
  state_->unsent.insert(std::move(key));
}

bool Outbox::unsent(std::string_view owner, std::string_view process) const {
  const std::lock_guard lock(state_->mutex);
  return state_->unsent.contains(key_text(owner, process));
}

std::optional<OutboxMessage> Outbox::look(std::string_view owner, std::string_view process) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->waiting.find(key_text(owner, process));
  return found == state_->waiting.end() ? std::nullopt : std::optional(found->second.message);
}

Status Outbox::admit() const {
  if (size() < state_->options.waiting) return {};
  return fail(Error(Code::Busy, "too many messages wait for peers").with("retry_after_s", "5"));
}

std::size_t Outbox::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->waiting.size();
}

struct Outbox::Running {
  explicit Running(State& s) : state(s) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { --state.running; }
  State& state;
};

const async::Executor& Outbox::executor() const { return state_->executor; }

Pacer& Outbox::pacer() const { return state_->pacer; }

bool Outbox::idle() const { return state_->running == 0; }

struct Outbox::Outcome {
  Step step = Step::Again;
  std::string answer;          // of Delivered
  std::optional<Error> error;  // of the others
  bool in_doubt = false;
  bool unheard = false;        // Refused without a word of the peer
  std::chrono::seconds not_before{0};
};

namespace {

// How long a peer asks to be left alone, a minute at most.
std::chrono::seconds retry_after(const http::ClientResponse& answer) {
  const std::string text(answer.headers.get("Retry-After"));
  if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos) return std::chrono::seconds(0);
  return std::chrono::seconds(std::min(60, std::stoi(text)));
}

}  // namespace

// Where the message arrived or never can, that is the outcome; else Again with the error, or without one where the peer's
// word says that it has not arrived.
async::Task<Outbox::Outcome> Outbox::ask(std::shared_ptr<State> state, OutboxOwner* owner, OutboxMessage message) {
  Outcome outcome;
  PeerRequest request;
  request.dns = message.peer_dns;
  request.method = "GET";
  request.target = owner->inquiry(message);
  request.answer_limit = kProcessLimit;
  request.repeatable = true;
  request.deadline = state->pacer.in(state->options.attempt);
  if (request.target.empty()) co_return outcome;
  Result<http::ClientResponse> answer = co_await state->peers.send(std::move(request));
  if (!answer) {
    // An answer that is too long is no answer, and the peer is there.
    if (answer.error().code != Code::LimitExceeded) outcome.error = answer.error();
    outcome.in_doubt = true;
    co_return outcome;
  }
  // A peer that does not serve the question (the protocol asks no consumer to show its transfers) has the message again;
  // one that is busy or away is not pressed.
  const int status = answer->status;
  if (status == 429 || status == 502 || status == 503 || status == 504) {
    outcome.error = answer_error(*answer, message.peer_dns);
    outcome.in_doubt = true;
    outcome.not_before = retry_after(*answer);
    co_return outcome;
  }
  OutboxFinding finding = owner->judge(message, *answer);
  if (finding.verdict == Verdict::Arrived) {
    outcome.step = Step::Delivered;
    outcome.answer = std::move(answer->body);
  } else if (finding.verdict == Verdict::Ended) {
    outcome.step = Step::Refused;
    outcome.error = std::move(finding.error);
  }
  co_return outcome;
}

async::Task<Outbox::Outcome> Outbox::attempt(std::shared_ptr<State> state, OutboxOwner* owner, OutboxMessage message) {
  const unsigned tries = message.failure ? message.failure->tries : 0;
  if (message.failure && message.failure->in_doubt) {
    Outcome asked = co_await ask(state, owner, message);
    if (asked.step != Step::Again || asked.error) co_return asked;
  }
  Outcome outcome;
  PeerRequest request;
  request.dns = message.peer_dns;
  request.method = "POST";
  request.target = message.target;
  request.repeatable = true;
  Result<std::string> body = owner->compose(message);
  const Status sound = body ? check_outgoing(*body) : Status(fail(body.error()));
  if (!sound) {
    outcome.step = Step::Refused;
    outcome.unheard = true;
    outcome.error = sound.error();
    co_return outcome;
  }
  request.body = std::move(*body);
  request.deadline = state->pacer.in(state->options.attempt);
  state->begin(key_text(message.owner, message.process));
  Result<http::ClientResponse> answer = co_await state->peers.send(std::move(request));
  if (!answer) {
    outcome.step = hopeless(answer.error().code) ? Step::Refused : Step::Again;
    outcome.unheard = true;
    outcome.in_doubt = in_doubt(answer.error().code);
    outcome.error = answer.error();
    co_return outcome;
  }
  outcome.step = step_after(*answer, message.resumed || tries > 0, tries);
  if (outcome.step == Step::Delivered) {
    outcome.answer = std::move(answer->body);
    co_return outcome;
  }
  outcome.error = answer_error(*answer, message.peer_dns);
  outcome.not_before = retry_after(*answer);
  if (outcome.step != Step::Ask) co_return outcome;
  Outcome asked = co_await ask(state, owner, message);
  if (asked.step != Step::Again || asked.error) co_return asked;
  outcome.step = Step::Refused;  // not taken before, and refused now
  co_return outcome;
}

async::Task<void> Outbox::run(std::shared_ptr<State> state, std::string key, std::uint64_t generation, std::chrono::milliseconds pause) {
  const Running counted(*state);
  if (pause.count() > 0) co_await state->pacer.pause(pause);
  for (;;) {
    std::optional<OutboxMessage> message = state->take(key, generation);
    if (!message) co_return;
    const auto owner = state->owners.find(message->owner);
    if (owner == state->owners.end()) co_return;
    Outcome outcome = co_await attempt(state, owner->second, *message);
    if (outcome.step == Step::Delivered) {
      if (state->settle(key, generation)) co_await owner->second->delivered(std::move(*message), std::move(outcome.answer));
      co_return;
    }
    Error error = outcome.error.value_or(Error(Code::PeerRefused, message->peer_dns + " did not say"));
    OutboxFailure failure;
    failure.tries = (message->failure ? message->failure->tries : 0) + 1;
    failure.code = error.name();
    failure.text = operator_text(error);
    failure.in_doubt = outcome.in_doubt;
    const unsigned attempts = message->attempts != 0 ? message->attempts : state->options.attempts;
    const bool again = outcome.step == Step::Again && failure.tries < attempts;
    log_warn("dataspace.outbox", error,
             {{"peer", message->peer_dns}, {"message", message->kind}, {"attempt", failure.tries}, {"again", again}});
    const std::chrono::milliseconds rest = std::max(state->pause(failure.tries - 1), std::chrono::milliseconds(outcome.not_before));
    failure.at = state->clock.now();
    failure.next = failure.at + rest;
    message->failure = failure;
    if (!again) {
      const bool answered = outcome.step == Step::Refused && !outcome.unheard;
      if (state->settle(key, generation)) co_await owner->second->refused(std::move(*message), std::move(error), answered);
      co_return;
    }
    if (!state->note(key, generation, failure)) co_return;
    co_await owner->second->failed(std::move(*message));
    co_await state->pacer.pause(rest);
  }
}

}  // namespace sekisho::node
