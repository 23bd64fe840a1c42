// Memory: of a long stream, and while the sink does not take.
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "base/async/timer.hpp"
#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::size_t kRecordBytes = 16U << 10;
constexpr std::chrono::minutes kLong{5};
constexpr std::chrono::milliseconds kTurn{20};  // what a second of the sleeping sink takes here
constexpr std::uint64_t kAhead = 16U << 20;     // what lies in sockets and one page ahead
constexpr std::uint64_t kGrowth = 8U << 20;

std::uint64_t resident() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t pages = 0;
  file >> total >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t settled() {
  ::malloc_trim(0);
  return resident();
}

std::string mib(std::uint64_t octets) { return std::to_string(octets >> 20U) + " MiB"; }

Wish long_wish(std::uint64_t octets) {
  Wish wish;
  wish.record_bytes = kRecordBytes;
  wish.records = static_cast<std::size_t>(octets / kRecordBytes);
  return wish;
}

}  // namespace

async::Task<Outcome> check_budget(const Bench* bench) {
  const Wish wish = long_wish(bench->sizes.stream_bytes);
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  connectors::Connector& connector = (*source)->connector();
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &connector);
  if (!stream) co_return failed("discover: " + stream.error().chain());
  const std::uint64_t before = settled();
  std::uint64_t most = 0;
  std::uint64_t octets = 0;
  const BatchSeen seen = [&most, &octets](const connectors::Batch& batch) {
    octets += batch.content.size();
    most = std::max(most, resident());
  };
  Order order(bench->subject);
  Ask ask;
  ask.keep = false;
  ask.time = kLong;
  if (stream->endless) ask.want = wish.records;
  const Reading reading = co_await read_stream(bench, &connector, std::move(ask), &order, seen);
  if (reading.error) co_return failed("after " + mib(octets) + ": " + reading.error->chain());
  if (!reading.disorder.empty()) co_return failed(reading.disorder);
  if (order.next() != wish.records) {
    co_return failed(std::to_string(order.next()) + " of " + std::to_string(wish.records) + " records came");
  }
  const std::uint64_t grown = most > before ? most - before : 0;
  const std::uint64_t budget = bench->sizes.budget_bytes;
  if (budget == 0) co_return passed(mib(octets) + "; a sanitizer's memory is not measured");
  const std::string detail = mib(octets) + " in " + mib(grown) + " more than before, " + mib(budget) + " allowed";
  co_return grown <= budget ? passed(detail) : failed(detail);
}

async::Task<Outcome> check_slow_sink(const Bench* bench) {
  const std::uint64_t size = std::min<std::uint64_t>(bench->sizes.stream_bytes, 64U << 20);
  const Wish wish = long_wish(size);
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  const async::Deadline deadline = async::Deadline::in(std::chrono::minutes(2));
  Result<std::unique_ptr<connectors::Reader>> reader = co_await (*source)->connector().open(deadline);
  if (!reader) co_return failed(reader.error().chain());
  Order order(bench->subject);
  std::uint64_t taken = 0;
  std::uint64_t before = 0;
  std::uint64_t most = 0;
  std::uint64_t ahead = 0;
  const std::uint64_t first = (*source)->handed_out();
  // One small batch, then turns in which the source could send and nobody takes.
  for (std::size_t turn = 0; turn <= bench->sizes.turns; ++turn) {
    const connectors::Credits credits{4, 2 * kRecordBytes, deadline.at_most(std::chrono::seconds(10))};
    Result<connectors::Batch> batch = co_await (*reader)->read(credits);
    if (!batch) co_return failed(batch.error().chain());
    order.add(batch->content);
    taken += batch->content.size();
    if (turn == 0) before = settled();
    co_await async::sleep_for(kTurn);
    most = std::max(most, resident());
    ahead = std::max<std::uint64_t>(ahead, (*source)->handed_out() - first);
  }
  if (!order.problem().empty()) co_return failed(order.problem());
  const std::uint64_t grown = most > before ? most - before : 0;
  const bool far = ahead > taken + kAhead;
  std::string detail = std::to_string(bench->sizes.turns) + " pauses, " + mib(grown) + " grown";
  if (ahead > 0) detail += ", " + mib(ahead) + " of " + mib(size) + " sent for " + mib(taken) + " taken";
  if (bench->sizes.budget_bytes != 0 && grown > kGrowth) co_return failed(detail);
  co_return far&& size > kAhead ? failed(detail) : passed(detail);
}

}  // namespace sekisho::conformance
