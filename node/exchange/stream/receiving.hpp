// What the coroutines of one incoming stream share; all run on its executor, so nothing is locked. Frames are read and
// verified and their heads committed (take), what is logged goes to the client (pass), and the guard looks whether both
// may go on. They end by `over`.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "base/async/event.hpp"
#include "node/exchange/stream/frame.hpp"
#include "node/exchange/stream/receive.hpp"
#include "trust/evidence/commitment.hpp"

namespace sekisho::node {

// A verified window on its way: its head is being logged, or its chunk waits for the client.
struct ArrivedWindow {
  std::string chunk;
  trust::Commitment prefix;
  CheckedStatement head;
  std::optional<ReceiptFacts> receipt;  // goes with it
  std::optional<Status> kept;
};

struct Receiving {
  struct Bells {
    explicit Bells(const async::Executor& executor) : room(executor), ready(executor) {}
    async::Event room;   // take: the line is shorter
    async::Event ready;  // pass: a window is logged, or there will be none
    void ring() {
      room.set();
      ready.set();
    }
  };

  Receiving(IncomingStream i, http::ResponseReader r) : in(std::move(i)), reader(std::move(r)) {}
  IncomingStream in;
  http::ResponseReader reader;
  FrameReader frames;
  trust::ContentHasher hasher;
  std::deque<std::shared_ptr<ArrivedWindow>> line;
  std::optional<trust::Commitment> checked;  // the verified prefix
  std::optional<trust::Commitment> logged;   // of it, what is in the log
  std::optional<Digest> head;                // that says so
  std::uint64_t receipted = 0;
  std::chrono::steady_clock::time_point receipted_at = std::chrono::steady_clock::now();
  std::optional<CheckedStatement> end;
  std::optional<Error> fault;  // why there is no end
  bool all_taken = false;
  bool over = false;
  std::shared_ptr<RunningStream> running;
  std::optional<Bells> bells;
};

// Reads and verifies frames and commits their heads in order, a few at a time, until the end, a fault or `over`.
[[nodiscard]] async::Task<void> take_windows(std::shared_ptr<Receiving> r);

// Looks every tenth of a second for what ends the right to receive, or the client; then the connection to the provider
// is closed at once. sink: valid until running->done.
[[nodiscard]] async::Task<void> guard_incoming(std::shared_ptr<Receiving> r, http::BodySink* sink);

// Whether a cumulative receipt is owed for that many octets.
[[nodiscard]] bool receipt_due(const Receiving& r, std::uint64_t bytes);
inline constexpr std::uint64_t kReceiptBytes = 16U << 20;
inline constexpr std::chrono::seconds kReceiptTime{10};

// Heads that the provider may have sealed for windows that a cut kept from leaving.
inline constexpr std::uint64_t kMostHeadsAhead = 8;

}  // namespace sekisho::node
