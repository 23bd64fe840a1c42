// Sources that break, tokens that end, clocks that differ, readers that are no longer wanted, secrets.
#include <thread>

#include "base/async/timer.hpp"
#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::size_t kRecords = 400;
constexpr std::chrono::milliseconds kShort{700};   // the deadline that a delayed answer misses
constexpr std::chrono::milliseconds kLater{1100};  // Retry-After: 1, and a little
// After a broken connection: acknowledgements that were under way are lost with it.
constexpr std::uint64_t kWindow = 256;
constexpr int kReadings = 6;  // a fault that goes away is over after so many

std::string number(std::uint64_t n) { return std::to_string(n); }
std::string times_text(int times) { return times == 1 ? "once" : std::to_string(times) + " times"; }

bool source_error(const Error& error) {
  return error.code == Code::SourceFailed || error.code == Code::SourceTimeout || error.code == Code::AnswerTooLarge;
}

Wish broken(Fault fault, int times) {
  Wish wish;
  wish.records = kRecords;
  wish.fault = fault;
  wish.fault_after = kRecords / 2;
  wish.fault_times = times;
  return wish;
}

// Reads on from the last cursor (from the start where there is none) until the end or `readings` are used up.
struct Pursuit {
  std::string problem;
  int readings = 0;
};

async::Task<Pursuit> pursue(const Bench* bench, Source* source, bool endless, bool cursors, Order* order, Fault fault) {
  Pursuit out;
  std::string cursor;
  while (out.readings < kReadings) {
    ++out.readings;
    if (cursor.empty() && cursors) *order = Order(bench->subject);
    if (!cursors && !endless) *order = Order(bench->subject);
    Ask ask;
    ask.cursor = cursor;
    ask.records = 30;
    ask.time = std::chrono::milliseconds(8000);
    ask.again = kWindow;
    if (endless) ask.want = kRecords;
    const Reading reading = co_await read_stream(bench, &source->connector(), std::move(ask), order);
    if (!reading.cursor.empty()) cursor = reading.cursor;
    if (!reading.disorder.empty()) {
      out.problem = reading.disorder;
      co_return out;
    }
    if (!reading.error) break;
    if (!source_error(*reading.error)) {
      out.problem = reading.error->chain();
      co_return out;
    }
    source->mend();
    // What a host does that was told to come later; a connector that repeats by itself must do so too.
    if (fault == Fault::TooManyRequests) co_await async::sleep_for(kLater);
  }
  if (order->next() != kRecords) out.problem = number(order->next()) + " of " + number(kRecords) + " came";
  co_return out;
}

async::Task<std::string> struck_for_good(const Bench* bench, Fault fault, bool endless) {
  Result<std::unique_ptr<Source>> source = bench->subject.start(broken(fault, Wish::kAlways));
  if (!source) co_return "no source: " + source.error().chain();
  Order order(bench->subject);
  Ask ask;
  ask.records = 30;
  ask.time = fault == Fault::Delay ? kShort : std::chrono::milliseconds(6000);
  ask.again = kWindow;
  if (endless) {
    ask.want = kRecords;
    ask.time = kShort;
  }
  const Reading reading = co_await read_stream(bench, &(*source)->connector(), std::move(ask), &order);
  if (!reading.disorder.empty()) co_return reading.disorder;
  if (reading.ended) co_return "a broken source is called complete after " + number(order.next()) + " records";
  if (!reading.error) {
    const bool told = endless && !(*source)->connector().health().problem.empty();
    co_return told ? "" : "a broken source is called good";
  }
  if (!source_error(*reading.error)) co_return reading.error->chain();
  if (fault == Fault::Delay && reading.error->code != Code::SourceTimeout) co_return reading.error->chain();
  co_return "";
}

}  // namespace

async::Task<Outcome> check_fault(const Bench* bench, Fault fault) {
  Wish small;
  small.records = 1;
  Result<std::unique_ptr<Source>> plain = bench->subject.start(small);
  if (!plain) co_return failed("no source: " + plain.error().chain());
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &(*plain)->connector());
  if (!stream) co_return failed("discover: " + stream.error().chain());
  plain->reset();
  const std::string problem = co_await struck_for_good(bench, fault, stream->endless);
  if (!problem.empty()) co_return failed("for good: " + problem);
  // A source that hangs is one deadline for each reading; the other faults are met by repeats and cursors.
  if (fault == Fault::Delay) co_return passed("SOURCE_TIMEOUT");
  const int times = fault == Fault::Burst503 ? 3 : 1;
  Result<std::unique_ptr<Source>> source = bench->subject.start(broken(fault, times));
  if (!source) co_return failed("no source: " + source.error().chain());
  Order order(bench->subject);
  const bool cursors = !stream->cursor_kind.empty();
  const Pursuit pursuit = co_await pursue(bench, source->get(), stream->endless, cursors, &order, fault);
  if (!pursuit.problem.empty()) co_return failed(times_text(times) + ": " + pursuit.problem);
  if ((*source)->too_early() != 0) co_return failed("called again before Retry-After was over");
  co_return passed("error for good; " + times_text(times) + ": all records in " +
                   number(static_cast<std::uint64_t>(pursuit.readings)) + " reading" +
                   (pursuit.readings > 1 ? "s" : ""));
}

async::Task<Outcome> check_token(const Bench* bench) {
  Wish wish;
  wish.records = kRecords;
  wish.calls_per_token = 2;
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  Order order(bench->subject);
  const Reading reading = co_await read_stream(bench, &(*source)->connector(), Ask(), &order);
  if (reading.error) co_return failed(reading.error->chain());
  if (!reading.disorder.empty() || order.next() != kRecords) co_return failed(number(order.next()) + " records came");
  if ((*source)->tokens() < 2) co_return failed("no second token was asked for");
  co_return passed(number((*source)->tokens()) + " tokens");
}

async::Task<Outcome> check_skew(const Bench* bench) {
  for (const std::chrono::minutes ahead : {std::chrono::minutes(-10), std::chrono::minutes(10)}) {
    // A Retry-After in the source's time, where the source has one.
    const bool waits = bench->subject.not_applicable(Check::TooManyRequests).empty();
    Wish wish = broken(waits ? Fault::TooManyRequests : Fault::None, 1);
    wish.clock_ahead = ahead;
    Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
    if (!source) co_return failed("no source: " + source.error().chain());
    Result<connectors::StreamInfo> stream = co_await first_stream(bench, &(*source)->connector());
    if (!stream) co_return failed("discover: " + stream.error().chain());
    Order order(bench->subject);
    const Pursuit pursuit =
        co_await pursue(bench, source->get(), stream->endless, !stream->cursor_kind.empty(), &order, wish.fault);
    if (!pursuit.problem.empty())
      co_return failed(number(static_cast<std::uint64_t>(std::abs(ahead.count()))) + " min: " + pursuit.problem);
  }
  co_return passed("10 min ahead and behind");
}

async::Task<Outcome> check_cancel(const Bench* bench) {
  Wish small;
  small.records = 1;
  Result<std::unique_ptr<Source>> plain = bench->subject.start(small);
  if (!plain) co_return failed("no source: " + plain.error().chain());
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &(*plain)->connector());
  if (!stream) co_return failed("discover: " + stream.error().chain());
  plain->reset();
  // A source without an end hangs by itself after its last record.
  const bool delays = bench->subject.not_applicable(Check::Delay).empty() && !stream->endless;
  const bool hangs = delays || stream->endless;
  Wish wish = broken(delays ? Fault::Delay : Fault::None, Wish::kAlways);
  if (stream->endless) wish.fault_after = wish.records;
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  const async::Deadline deadline = async::Deadline::in(std::chrono::seconds(5));
  Result<std::unique_ptr<connectors::Reader>> reader = co_await (*source)->connector().open(deadline);
  // Where not even an open returns there is no reader to cancel.
  if (!reader) co_return failed("open: " + reader.error().chain());
  connectors::Reader& running = **reader;
  std::chrono::steady_clock::time_point cancelled;
  std::jthread other;
  std::optional<Error> error;
  std::size_t read = 0;
  while (!error && read < kRecords + 100) {
    // The read that hangs comes after the last record before the fault.
    const bool last = hangs ? read + 20 >= wish.fault_after : read > 0;
    if (last && !other.joinable()) {
      other = std::jthread([&running, &cancelled] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        cancelled = std::chrono::steady_clock::now();
        running.cancel();
      });
      if (!hangs) other.join();
    }
    const connectors::Credits credits{10, 640, deadline};
    Result<connectors::Batch> batch = co_await running.read(credits);
    if (!batch) {
      error = batch.error();
    } else {
      read += std::max<std::size_t>(batch->records, 1);
    }
  }
  const auto ended = std::chrono::steady_clock::now();
  if (other.joinable()) other.join();
  if (!error) co_return failed("the reading went on");
  if (error->code != Code::Cancelled) co_return failed("it ended with " + error->chain());
  const connectors::Credits credits{1, 64, deadline};
  Result<connectors::Batch> after = co_await running.read(credits);
  if (after || after.error().code != Code::Cancelled) co_return failed("a later read was not cancelled");
  const auto took = std::max(std::chrono::duration<double>(ended - cancelled), std::chrono::duration<double>(0));
  const std::string detail = std::string(hangs ? "a read that waits" : "between reads") + ", after " +
                             number(static_cast<std::uint64_t>(took.count() * 1000)) + " ms";
  co_return took.count() < 5 ? passed(detail) : failed(detail);
}

async::Task<Outcome> check_canary(const Bench* bench) {
  Wish wish;
  wish.records = 10;
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &(*source)->connector());
  if (!stream) co_return failed("discover: " + stream.error().chain());
  Order order(bench->subject);
  Ask ask;
  if (stream->endless) ask.want = wish.records;
  const Reading reading = co_await read_stream(bench, &(*source)->connector(), std::move(ask), &order);
  if (reading.error) co_return failed(reading.error->chain());
  if (!(*source)->saw_canary()) co_return failed("the source never got the secret");
  // And what a broken source that repeats the secret makes a connector say.
  for (const Fault fault : {Fault::Reset, Fault::Garbage, Fault::Burst503}) {
    const Check column = fault == Fault::Reset     ? Check::Reset
                         : fault == Fault::Garbage ? Check::Garbage
                                                   : Check::Burst503;
    if (!bench->subject.not_applicable(column).empty()) continue;
    Result<std::unique_ptr<Source>> bad = bench->subject.start(broken(fault, Wish::kAlways));
    if (!bad) co_return failed("no source: " + bad.error().chain());
    Order ignored(bench->subject);
    Ask short_ask;
    short_ask.time = std::chrono::seconds(3);
    if (stream->endless) short_ask.want = wish.records;
    (void)co_await read_stream(bench, &(*bad)->connector(), std::move(short_ask), &ignored);
  }
  const std::string leak = bench->notebook.leak();
  if (!leak.empty()) co_return failed("it stands in: " + leak.substr(0, 200));
  co_return passed("in no log line, error or cursor");
}

}  // namespace sekisho::conformance
