#include "connectors/mqtt/mqtt_feed.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "connectors/mqtt/mqtt_record.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{5000};

}  // namespace

void MqttCounters::note(std::string problem) {
  const std::lock_guard lock(mutex_);
  problem_ = std::move(problem);
}

std::string MqttCounters::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

// Shared with the thread, which may outlive the feed while a connect hangs.
struct MqttFeed::State {
  using Answer = async::Completion<Result<MqttTake>>;
  struct Ask {
    Wish wish = Wish::Take;
    std::size_t records = 0;
    std::size_t bytes = 0;
    async::Deadline deadline;
    Answer answer;
  };

  State(MqttAddress where, bool with_topic, std::shared_ptr<MqttCounters> counts)
      : address(std::move(where)),
        wrap(with_topic),
        counters(std::move(counts)),
        wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~State() { ::close(wake); }

  // The feed's side.
  void put(Ask ask) {
    const std::lock_guard lock(mutex);
    if (cancelled) {
      ask.answer.set(fail(Code::Cancelled, "the reading was cancelled"));
      return;
    }
    running = ask.answer;
    pending = std::move(ask);
    changed.notify_one();
  }
  void cancel() {
    const std::lock_guard lock(mutex);
    cancelled = true;
    if (running) running->set(fail(Code::Cancelled, "the reading was cancelled"));
    const std::uint64_t one = 1;
    (void)!::write(wake, &one, sizeof one);
    changed.notify_one();
  }

  // The thread's side.
  void run() {
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return cancelled || pending.has_value(); });
      if (cancelled) {
        lock.unlock();
        session.reset();  // here, since it may wait for the broker
        return;
      }
      Ask ask = std::move(*pending);
      pending.reset();
      lock.unlock();
      ask.answer.set(serve(ask));
    }
  }

  Result<MqttTake> serve(const Ask& ask) {
    switch (ask.wish) {
      case Wish::Begin: return begin(ask);
      case Wish::Take: return take(ask);
      case Wish::Acknowledge: return acknowledge(ask);
    }
    return fail(Code::Internal, "no such wish");
  }

  // Once; whatever fails is the caller's to know.
  Result<MqttTake> begin(const Ask& ask) {
    Status up = connect();
    while (up && !session->subscribed()) {
      if (cancelled) return fail(Code::Cancelled, "the reading was cancelled");
      if (ask.deadline.expired()) return fail(Code::SourceTimeout, "the broker did not answer in time");
      up = session->step(wake, ask.deadline);
    }
    if (!up) return fail(up.error());
    counters->connected = true;
    return MqttTake{};
  }

  Result<MqttTake> take(const Ask& ask) {
    if (session && held.empty()) session->acknowledge();
    MqttTake out;
    for (;;) {
      if (cancelled) return fail(Code::Cancelled, "the reading was cancelled");
      Status filled = fill(ask, out);
      if (!filled) return fail(filled.error());
      if (out.records != 0 && (!session || !held.empty() || !wait_more(ask, out))) return out;
      if (out.records != 0) continue;
      if (session && held.empty()) session->acknowledge();  // only refused ones came
      if (ask.deadline.expired()) return out;
      work(ask.deadline);
    }
  }

  Result<MqttTake> acknowledge(const Ask& ask) {
    if (!session) return fail(Code::SourceFailed, "mqtt, acknowledge: no connection");
    if (!held.empty()) return MqttTake{};
    session->acknowledge();
    for (;;) {
      if (cancelled) return fail(Code::Cancelled, "the reading was cancelled");
      Result<bool> sent = session->flush(wake, ask.deadline);
      if (sent && *sent) return MqttTake{};
      if (!sent) {
        lost(sent.error());
        return fail(sent.error());
      }
      if (ask.deadline.expired()) return fail(Code::SourceTimeout, "the broker took no acknowledgement in time");
    }
  }

  // Moves what came into the batch; what does not fit is held for the next take.
  Status fill(const Ask& ask, MqttTake& out) {
    while (out.records < ask.records) {
      if (held.empty() && !next_record()) return {};
      if (held.size() > ask.bytes) return fail(Code::AnswerTooLarge, "a reading over the limit");
      if (out.content.size() + held.size() > ask.bytes) return {};
      out.content += held;
      held.clear();
      ++out.records;
      ++counters->taken;
    }
    return {};
  }

  bool next_record() {
    while (session && !session->inbox().empty()) {
      Result<std::string> record = mqtt_record(session->inbox().front(), wrap);
      session->inbox().pop_front();
      if (record) {
        held = std::move(*record);
        return true;
      }
      ++counters->refused;
      counters->note("a message was no JSON object: " + std::string(record.error().name()));
    }
    return false;
  }

  // Whether more is there without waiting. A connection that breaks now is the next take's matter.
  bool wait_more(const Ask& ask, const MqttTake& out) {
    // Brokers exist that send past the window (mosquitto 2.0.11 from its queue), so it is kept here too.
    if (out.records >= std::min<std::size_t>(ask.records, address.window) || out.content.size() >= ask.bytes)
      return false;
    Status stepped = session->step(wake, async::Deadline::in(std::chrono::nanoseconds(0)));
    if (!stepped) lost(stepped.error());
    return session && !session->inbox().empty();
  }

  void work(async::Deadline deadline) {
    Status done;
    if (session) {
      done = session->step(wake, deadline);
      if (done && session->accepted()) pause = kFirstPause;
    } else {
      rest(deadline);
      if (cancelled || deadline.expired()) return;
      done = connect();
    }
    if (!done) lost(done.error());
    counters->connected = session && session->accepted();
  }

  Status connect() {
    connecting = true;
    if (cancelled) return fail(Code::Cancelled, "the reading was cancelled");
    Result<std::unique_ptr<MqttSession>> made = MqttSession::connect(address);
    connecting = false;
    if (!made) return fail(made.error());
    session = std::move(*made);
    ++counters->connections;
    return {};
  }

  // Messages that are not in a batch yet come again with the next connection.
  void lost(const Error& why) {
    counters->note(why.message);
    counters->connected = false;
    session.reset();
    held.clear();
    retry = async::Deadline::in(pause);
    pause = std::min(2 * pause, kLongestPause);
  }

  void rest(async::Deadline deadline) {
    const async::Deadline until = retry.earlier(deadline);
    if (until.is_never()) return;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until.remaining());
    pollfd fd{wake, POLLIN, 0};
    ::poll(&fd, 1, static_cast<int>(left.count()));
  }

  const MqttAddress address;
  const bool wrap;
  const std::shared_ptr<MqttCounters> counters;
  const int wake;
  std::unique_ptr<MqttSession> session;
  std::string held;  // one record of the session that did not fit
  std::chrono::milliseconds pause = kFirstPause;
  async::Deadline retry{async::SteadyTime::min()};

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Ask> pending;
  std::optional<Answer> running;
  std::atomic<bool> cancelled{false};
  std::atomic<bool> connecting{false};
};

MqttFeed::MqttFeed(MqttAddress address, bool wrap, std::shared_ptr<MqttCounters> counters)
    : state_(std::make_shared<State>(std::move(address), wrap, std::move(counters))),
      thread_([state = state_] { state->run(); }) {}

MqttFeed::~MqttFeed() {
  state_->cancel();
  // Only the library's connect can hold the thread; it then ends by itself, with the state that it shares.
  if (state_->connecting) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

async::Task<Result<MqttTake>> MqttFeed::ask(Wish wish, std::size_t records, std::size_t bytes,
                                            async::Deadline deadline) {
  State::Answer answer;
  state_->put({wish, records, bytes, deadline, answer});
  Result<MqttTake> taken = co_await answer.wait();
  co_return taken;
}

async::Task<Status> MqttFeed::begin(async::Deadline deadline) {
  Result<MqttTake> begun = co_await ask(Wish::Begin, 0, 0, deadline);
  if (!begun) co_return fail(begun.error());
  co_return Status();
}

async::Task<Result<MqttTake>> MqttFeed::take(std::size_t records, std::size_t bytes, async::Deadline deadline) {
  return ask(Wish::Take, records, bytes, deadline);
}

async::Task<Status> MqttFeed::acknowledge(async::Deadline deadline) {
  Result<MqttTake> done = co_await ask(Wish::Acknowledge, 0, 0, deadline);
  if (!done) co_return fail(done.error());
  co_return Status();
}

void MqttFeed::cancel() { state_->cancel(); }

}  // namespace sekisho::connectors
