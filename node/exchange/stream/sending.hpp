// What the coroutines of one outgoing stream share; all run on its executor, so nothing is locked. The source is read
// and shaped into the window (feed), windows become hashed and sealed heads (seal), and what is durable is written
// (send). Each waits on a bell of its own and rings those of the others. They end by `over`.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/async/event.hpp"
#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "connectors/connector.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/stream/window.hpp"

namespace sekisho::node {

// A window on its way: its head is being committed, or it waits to be written.
struct SealedWindow {
  std::string chunk;
  trust::Commitment prefix;
  std::optional<StreamPoint> point;  // where the source goes on behind it
  std::optional<Result<Committed>> head;
};

struct Sending {
  struct Bells {
    explicit Bells(const async::Executor& executor) : room(executor), filled(executor), sealed(executor) {}
    async::Event room;    // feed: the window was taken, or written
    async::Event filled;  // seal: the window got more, or the line shorter
    async::Event sealed;  // send: a head is durable, or there will be none
    void ring() {
      room.set();
      filled.set();
      sealed.set();
    }
  };

  Sending(const ExchangeParts& p, Crossing c, std::unique_ptr<connectors::Reader> r, const StreamLimits& l)
      : parts(p), crossing(std::move(c)), rest(std::move(r)), limits(l), window(limits), credit(limits) {}
  ExchangeParts parts;
  Crossing crossing;
  std::unique_ptr<connectors::Reader> rest;  // feed's; null when the source was read to its end
  StreamLimits limits;
  ReleaseWindow window;
  ReceiptCredit credit;
  trust::ContentHasher hasher;
  std::deque<std::shared_ptr<SealedWindow>> line;
  std::optional<trust::Commitment> said;  // by the last durable head
  Digest open{};
  std::uint64_t fed = 0;   // octets that the window got
  std::uint64_t written = 0;  // of them, to the consumer
  std::uint64_t skip = 0;     // of a resumed stream: still to be left out
  bool reading = false;       // the source is being asked; else feed sees by itself that it is over
  bool unsettled = false;     // the source gave what neither left nor will not leave: it must give it again
  bool withdrawn = false;      // a record said so: what came before it still leaves
  std::optional<Error> fault;  // of the source: what came before it still leaves
  bool all_sealed = false;     // nothing joins the line any more
  bool over = false;
  std::shared_ptr<const void> counted;  // among the open exchanges, as long as this lives
  std::shared_ptr<RunningStream> running;
  std::optional<Bells> bells;  // once it runs
};

inline SteadyPoint steady_now() { return std::chrono::steady_clock::now(); }

// Reads the source while there is room, until its end, a fault or `over`. What a live source gives is asked for only
// when everything before was written: its position moves with what left.
[[nodiscard]] async::Task<void> feed(std::shared_ptr<Sending> s);

// Cuts windows and commits their heads, a few at a time and in order, as far ahead of the receipts as is allowed.
[[nodiscard]] async::Task<void> seal(std::shared_ptr<Sending> s);

// Looks every tenth of a second for what ends the right to the stream, marks it, and resets the connection when the
// sealed end does not leave at once. sink: valid until running->done.
[[nodiscard]] async::Task<void> guard(std::shared_ptr<Sending> s, http::BodySink* sink);

// What ends the right to this stream now; nullopt while it stands. Of the crossing: request, transfer, shaper, pushed.
[[nodiscard]] std::optional<std::string> lost_right(const ExchangeParts& parts, const Crossing& crossing);
[[nodiscard]] inline std::optional<std::string> lost_right(const Sending& s) { return lost_right(s.parts, s.crossing); }

}  // namespace sekisho::node
