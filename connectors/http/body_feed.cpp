#include "connectors/http/body_feed.hpp"

#include "base/async/event.hpp"
#include "base/async/spawn.hpp"
#include "base/async/with_stop.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kPiece = 64U << 10;

}  // namespace

struct BodyFeed::State {
  State(http::ResponseReader r, const async::Executor& e) : reader(std::move(r)), executor(e), arrived(e) {}

  http::ResponseReader reader;
  async::Executor executor;
  async::Event arrived;
  bool reading = false;
  std::optional<Result<std::string>> piece;

  static async::Task<void> fill(std::shared_ptr<State> state) {
    Result<std::string> got = co_await state->reader.read(kPiece);
    state->piece = std::move(got);
    state->reading = false;
    state->arrived.set();
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
  if (!state->reading && !state->piece) {
    state->reading = true;
    state->arrived.reset();
    async::spawn(state->executor, State::fill(state), "source body");
  }
  while (!state->piece) {
    if (stop) {
      state->reader.abort();
      co_return fail(Code::Cancelled, "the reading was cancelled");
    }
    if (deadline.expired()) co_return out;
    const async::Deadline tick = deadline.at_most(async::kStopTick);
    co_await state->arrived.wait_until(tick);
  }
  Result<std::string> piece = std::move(*state->piece);
  state->piece.reset();
  if (!piece) co_return fail(piece.error());
  out = std::move(*piece);
  co_return out;
}

}  // namespace sekisho::connectors
