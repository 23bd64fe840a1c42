#include "connectors/http/body_feed.hpp"

#include <utility>

#include "base/async/event.hpp"
#include "base/async/spawn.hpp"
#include "base/async/with_stop.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kPiece = 64U << 10;
constexpr std::size_t kAhead = 256U << 10;  // read before anybody asks

}  // namespace

struct BodyFeed::State {
  State(http::ResponseReader r, const async::Executor& e) : reader(std::move(r)), executor(e), arrived(e) {}

  http::ResponseReader reader;
  async::Executor executor;
  async::Event arrived;
  bool reading = false;
  std::string held;            // arrived, not yet asked for
  std::optional<Error> fault;  // behind what is held
  bool ended = false;

  // A sender's chunk may be small: what arrives while the taker is busy is held together, or a lively source would be
  // read ever later.
  static async::Task<void> fill(std::shared_ptr<State> state) {
    while (!state->ended && !state->fault && state->held.size() < kAhead) {
      Result<std::string> got = co_await state->reader.read(kPiece);
      if (!got) {
        state->fault = got.error();
      } else if (got->empty()) {
        state->ended = true;
      } else {
        state->held += *got;
      }
      state->arrived.set();
    }
    state->reading = false;
  }
};

BodyFeed::BodyFeed(http::ResponseReader reader, const async::Executor& executor)
    : state_(std::make_shared<State>(std::move(reader), executor)) {}

// The coroutine that still reads holds the state; without its connection it ends.
BodyFeed::~BodyFeed() {
  if (state_->reading) state_->reader.abort();
}

const http::ClientResponse& BodyFeed::head() const { return state_->reader.head(); }

async::Task<Result<std::optional<std::string>>> BodyFeed::next(async::Deadline deadline,
                                                               const std::atomic<bool>& stop) {
  const std::shared_ptr<State> state = state_;
  std::optional<std::string> out;
  for (;;) {
    state->arrived.reset();
    if (!state->reading && !state->ended && !state->fault) {
      state->reading = true;
      async::spawn(state->executor, State::fill(state), "source body");
    }
    if (!state->held.empty()) out = std::exchange(state->held, {});
    if (!out && state->ended) out.emplace();
    if (out) co_return out;
    if (state->fault) co_return fail(*state->fault);
    if (stop) {
      state->reader.abort();
      co_return fail(Code::Cancelled, "the reading was cancelled");
    }
    if (deadline.expired()) co_return out;
    const async::Deadline tick = deadline.at_most(async::kStopTick);
    co_await state->arrived.wait_until(tick);
  }
}

}  // namespace sekisho::connectors
