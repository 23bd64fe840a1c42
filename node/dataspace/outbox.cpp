#include "node/dataspace/outbox.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/async/spawn.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kPrefix = "dsp/";

std::string key_text(std::string_view owner, std::string_view process) { return fmt::format("{}{}/{}", kPrefix, owner, process); }

// What no later attempt can mend.
bool hopeless(Code code) {
  return code == Code::PeerUnknown || code == Code::ZoneNotRecognised || code == Code::InvalidArgument;
}

// A 404 that is no error document, and 5xx: a peer may not have registered the path yet, or be restarting. So is 429.
bool worth_repeating(const http::ClientResponse& answer) {
  if (answer.status == 404) return !parse_error(answer.body).has_value();
  return answer.status == 429 || answer.status >= 500;
}

Error answer_error(const http::ClientResponse& answer, const std::string& dns) {
  const std::optional<ErrorDocument> document = parse_error(answer.body);
  if (document) return error_of(*document, dns);
  return Error(Code::PeerRefused, fmt::format("{} answered {}", dns, answer.status)).with("peer", dns);
}

}  // namespace

Bytes outbox_key(std::string_view owner, std::string_view process) { return to_bytes(key_text(owner, process)); }

Mutation outbox_put(const OutboxMessage& message) {
  const Json row{{"owner", message.owner},       {"process", message.process}, {"kind", message.kind},
                 {"peer", message.peer_dns},     {"target", message.target},   {"body", message.body}};
  return {Family::Outbox, outbox_key(message.owner, message.process), to_bytes(to_text(row))};
}

Mutation outbox_delete(std::string_view owner, std::string_view process) {
  return {Family::Outbox, outbox_key(owner, process), std::nullopt};
}

Result<OutboxMessage> outbox_from_row(BytesView value) {
  Result<Json> json = parse_json(as_text(value));
  if (!json || !json->is_object()) return fail(Code::DatabaseDamaged, "an outbox row is not a JSON object");
  const JsonObject& row = json->get_object();
  OutboxMessage message;
  for (auto [name, field] : {std::pair{"owner", &message.owner}, {"process", &message.process}, {"kind", &message.kind},
                             {"peer", &message.peer_dns}, {"target", &message.target}, {"body", &message.body}}) {
    Result<std::string> text = get_string(row, name);
    if (!text) return fail(Code::DatabaseDamaged, "an outbox row lacks a member", text.error());
    *field = std::move(*text);
  }
  return message;
}

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
  for (OutboxMessage& message : found) send(std::move(message));
  return {};
}

void Outbox::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
  state_->waiting.clear();
}

void Outbox::send(OutboxMessage message) {
  std::string key = key_text(message.owner, message.process);
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return;
    generation = ++state_->generations;
    state_->waiting[key] = {std::move(message), generation};
  }
  ++state_->running;
  async::spawn(state_->executor, run(state_, std::move(key), generation), "outbox");
}

void Outbox::forget(std::string_view owner, std::string_view process) {
  const std::lock_guard lock(state_->mutex);
  const std::string key = key_text(owner, process);
  state_->waiting.erase(key);
  state_->unsent.erase(key);
}

void Outbox::expect(std::string_view owner, std::string_view process) {
  const std::lock_guard lock(state_->mutex);
  state_->unsent.insert(key_text(owner, process));
}

bool Outbox::unsent(std::string_view owner, std::string_view process) const {
  const std::lock_guard lock(state_->mutex);
  return state_->unsent.contains(key_text(owner, process));
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

async::Task<void> Outbox::run(std::shared_ptr<State> state, std::string key, std::uint64_t generation) {
  const Running counted(*state);
  const std::chrono::milliseconds delay = state->options.delay;
  if (delay.count() > 0) {
    const std::optional<OutboxMessage> due = state->take(key, generation);
    if (due && due->attempts == 0) co_await state->pacer.pause(delay);
  }
  for (unsigned attempt = 0;; ++attempt) {
    std::optional<OutboxMessage> message = state->take(key, generation);
    if (!message) co_return;
    const auto owner = state->owners.find(message->owner);
    if (owner == state->owners.end()) co_return;
    Result<std::string> body = owner->second->compose(*message);
    if (!body) {
      const Error error = body.error();
      if (state->settle(key, generation)) co_await owner->second->refused(std::move(*message), error, true);
      co_return;
    }
    state->begin(key);
    PeerRequest request;
    request.dns = message->peer_dns;
    request.method = "POST";
    request.target = message->target;
    request.body = std::move(*body);
    request.repeatable = true;
    request.deadline = state->pacer.in(state->options.attempt);
    Result<http::ClientResponse> answer = co_await state->peers.send(std::move(request));
    if (answer && answer->status / 100 == 2) {
      if (state->settle(key, generation)) co_await owner->second->delivered(std::move(*message), std::move(answer->body));
      co_return;
    }
    Error error = answer ? answer_error(*answer, message->peer_dns) : answer.error();
    const bool repeatable = answer ? worth_repeating(*answer) : !hopeless(error.code);
    const unsigned attempts = message->attempts != 0 ? message->attempts : state->options.attempts;
    const bool again = repeatable && attempt + 1 < attempts;
    log_warn("dataspace.outbox", error,
             {{"peer", message->peer_dns}, {"message", message->kind}, {"attempt", attempt + 1}, {"again", again}});
    if (!again) {
      const bool answered = answer.has_value() && !repeatable;
      if (state->settle(key, generation)) co_await owner->second->refused(std::move(*message), std::move(error), answered);
      co_return;
    }
    const std::chrono::milliseconds pause = state->pause(attempt);
    co_await state->pacer.pause(pause);
  }
}

}  // namespace sekisho::node
