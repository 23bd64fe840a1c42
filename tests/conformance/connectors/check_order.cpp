// Every record once: in one reading, over cursors, over acknowledgements.
#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::size_t kCursorBytes = 64U << 10;
constexpr std::size_t kTails = 16;  // readings to the very end from a cursor
constexpr std::chrono::minutes kLong{5};

std::string number(std::uint64_t n) { return std::to_string(n); }

std::string wrong(const Reading& reading) {
  if (reading.error) return reading.error->chain();
  if (!reading.disorder.empty()) return reading.disorder;
  return reading.ended ? "" : "it did not end";
}

// One batch from a cursor: whether it is just the one that came after it, and its cursor the same.
struct Step {
  std::string problem;
  bool same = false;
};

async::Task<Step> next_batch(connectors::Connector* connector, const Reading* whole, std::size_t i, std::size_t bytes) {
  Step out;
  const async::Deadline deadline = async::Deadline::in(std::chrono::seconds(20));
  connectors::OpenRequest request{"", whole->cursors[i], ""};
  Result<std::unique_ptr<connectors::Reader>> reader = co_await connector->open(std::move(request), deadline);
  if (!reader) {
    out.problem = reader.error().chain();
    co_return out;
  }
  const connectors::Credits credits{1, bytes, deadline};
  Result<connectors::Batch> batch = co_await (*reader)->read(credits);
  if (!batch) {
    out.problem = batch.error().chain();
    co_return out;
  }
  const bool last = i + 1 == whole->cursors.size();
  const std::size_t begin = whole->ends[i];
  const std::size_t end = last ? begin : whole->ends[i + 1];
  const std::string_view expected = std::string_view(whole->content).substr(begin, end - begin);
  out.same = batch->content == expected && (last ? batch->end : batch->cursor == whole->cursors[i + 1]);
  co_return out;
}

}  // namespace

async::Task<Outcome> check_order(const Bench* bench) {
  Wish wish;
  wish.records = 1000;
  std::string detail;
  for (const std::size_t records : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
    if (!source) co_return failed("no source: " + source.error().chain());
    connectors::Connector& connector = (*source)->connector();
    Result<connectors::StreamInfo> stream = co_await first_stream(bench, &connector);
    if (!stream) co_return failed("discover: " + stream.error().chain());
    Order order(bench->subject);
    Ask ask;
    ask.records = records;
    if (!stream->records) ask.bytes = 64 * records;
    if (stream->endless) ask.want = wish.records;
    Reading reading = co_await read_stream(bench, &connector, std::move(ask), &order);
    if (!stream->endless && !wrong(reading).empty()) co_return failed(wrong(reading));
    if (!reading.disorder.empty()) co_return failed(reading.disorder);
    if (order.next() != wish.records) co_return failed(number(order.next()) + " of " + number(wish.records) + " came");
  }
  co_return passed(number(wish.records) + " records by 1, 7 and 4,096");
}

async::Task<Outcome> check_resume(const Bench* bench) {
  Wish wish;
  wish.records = bench->sizes.records;
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  connectors::Connector& connector = (*source)->connector();
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &connector);
  if (!stream) co_return failed("discover: " + stream.error().chain());
  if (stream->cursor_kind.empty()) {
    co_return not_applicable(stream->endless ? "the source keeps the position itself: see acknowledge" : "no cursors");
  }
  const std::size_t bytes = stream->records ? 1U << 20 : wish.record_bytes;
  Order order(bench->subject);
  Ask all;
  all.records = 1;
  all.bytes = bytes;
  all.time = kLong;
  const Reading whole = co_await read_stream(bench, &connector, std::move(all), &order);
  if (!wrong(whole).empty()) co_return failed(wrong(whole));
  if (order.next() != wish.records) co_return failed(number(order.next()) + " of " + number(wish.records) + " came");
  std::size_t read_whole = 0;
  for (std::size_t i = 0; i < whole.cursors.size(); ++i) {
    const std::string name = "cursor " + number(i) + ", " + whole.cursors[i].substr(0, 100) + ": ";
    if (whole.cursors[i].empty() || whole.cursors[i].size() > kCursorBytes)
      co_return failed(name + "none, or over 64 KiB");
    if (!parse_json(whole.cursors[i])) co_return failed(name + "not JSON");
    const Step step = co_await next_batch(&connector, &whole, i, bytes);
    if (!step.problem.empty()) co_return failed(name + step.problem);
    // The same batch and the same cursor: from there on it is what was checked at the next one.
    if (step.same && i % (whole.cursors.size() / kTails + 1) != 0) continue;
    Order tail(bench->subject, static_cast<std::uint64_t>(whole.ends[i] / wish.record_bytes));
    const std::string_view expected = std::string_view(whole.content).substr(whole.ends[i]);
    if (!expected.empty()) {
      const std::optional<std::uint64_t> next = bench->subject.number_of(expected);
      tail = Order(bench->subject, next.value_or(0));
    }
    Ask rest;
    rest.cursor = whole.cursors[i];
    rest.time = kLong;
    const Reading reading = co_await read_stream(bench, &connector, std::move(rest), &tail);
    if (!wrong(reading).empty()) co_return failed(name + wrong(reading));
    if (reading.content != expected) co_return failed(name + "what follows is not what followed before");
    ++read_whole;
  }
  for (const char* strange : {"x", "{}", "[]", R"({"v":2})", R"({"v":1,"kind":"other","at":"1","skip":0})"}) {
    connectors::OpenRequest request{"", strange, ""};
    Result<std::unique_ptr<connectors::Reader>> reader =
        co_await connector.open(std::move(request), async::Deadline::in(std::chrono::seconds(5)));
    if (reader) co_return failed(std::string("a strange cursor is taken: ") + strange);
  }
  co_return passed(number(whole.cursors.size()) + " cursors, " + number(read_whole) + " of them read to the end");
}

// Sources without cursors keep the position: what was acknowledged is gone, the last batch that was not comes again.
async::Task<Outcome> check_acknowledge(const Bench* bench) {
  Wish wish;
  wish.records = std::min<std::size_t>(bench->sizes.records, 5000);
  Result<std::unique_ptr<Source>> source = bench->subject.start(wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  connectors::Connector& connector = (*source)->connector();
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &connector);
  if (!stream) co_return failed("discover: " + stream.error().chain());
  if (!stream->endless || !stream->cursor_kind.empty()) co_return not_applicable("its cursors say where it stands");
  std::uint64_t safe = 0;  // all below are acknowledged
  std::size_t repeats = 0;
  for (std::size_t round = 0; safe < wish.records && round < 60; ++round) {
    const bool acknowledge = round % 2 == 0;
    Order order(bench->subject, safe);
    Ask ask;
    ask.records = 97;
    ask.want = std::min<std::uint64_t>(safe + 97 * 2, wish.records);
    ask.acknowledge = acknowledge;
    const Reading reading = co_await read_stream(bench, &connector, std::move(ask), &order);
    if (reading.error) co_return failed(reading.error->chain());
    if (!reading.disorder.empty()) co_return failed(reading.disorder + " (round " + number(round) + ")");
    if (reading.idle) co_return failed(number(order.next()) + " of " + number(wish.records) + " came");
    if (acknowledge) {
      safe = order.next();
      continue;
    }
    // Only the last batch was not: every read acknowledges the one before.
    if (reading.ends.size() < 2) continue;
    const std::string last = reading.content.substr(reading.ends[reading.ends.size() - 2]);
    safe = bench->subject.number_of(last).value_or(0);
    ++repeats;
  }
  if (safe < wish.records) co_return failed("only " + number(safe) + " were ever acknowledged");
  co_return passed(number(wish.records) + " records over new connections, " + number(repeats) +
                   " times without the last acknowledgement");
}

}  // namespace sekisho::conformance
