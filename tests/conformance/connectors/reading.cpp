#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::size_t kMostIdle = 40;  // of a quarter second each: a source without an end has nothing more
constexpr std::chrono::milliseconds kIdle{250};

void note_error(const Bench& bench, const Error& error) {
  bench.notebook.note(error.chain());
  for (const auto& [name, value] : error.help) bench.notebook.note(value);
}

}  // namespace

void Order::add(std::string_view content, std::optional<std::uint64_t> repeat) {
  rest_ += content;
  std::size_t start = 0;
  bool first = true;
  for (std::size_t end = rest_.find('\n'); end != std::string::npos && problem_.empty();
       end = rest_.find('\n', start)) {
    const std::string_view line = std::string_view(rest_).substr(start, end - start);
    const std::optional<std::uint64_t> number = subject_->number_of(line);
    if (first && number && repeat && *number >= *repeat && *number < next_) next_ = *number;
    first = false;
    if (!number) {
      problem_ = "a record without its number: " + std::string(line.substr(0, 60));
    } else if (*number != next_) {
      problem_ = "record " + std::to_string(next_) + " expected, " + std::to_string(*number) + " came";
    }
    ++next_;
    start = end + 1;
  }
  rest_.erase(0, start);
}

async::Task<Result<connectors::StreamInfo>> first_stream(const Bench* bench, connectors::Connector* connector) {
  Result<std::vector<connectors::StreamInfo>> streams =
      co_await connector->discover(async::Deadline::in(std::chrono::seconds(10)));
  if (!streams) {
    note_error(*bench, streams.error());
    co_return fail(streams.error());
  }
  if (streams->empty()) co_return fail(Code::SourceFailed, "no stream is discovered");
  bench->notebook.note(streams->front().name + streams->front().title + to_text(streams->front().schema));
  co_return streams->front();
}

async::Task<Reading> read_stream(const Bench* bench, connectors::Connector* connector, Ask ask, Order* order,
                                 BatchSeen seen) {
  Reading out;
  const async::Deadline deadline = async::Deadline::in(ask.time);
  const std::uint64_t wanted = ask.want;
  connectors::OpenRequest request{"", ask.cursor, ""};
  Result<std::unique_ptr<connectors::Reader>> reader = co_await connector->open(std::move(request), deadline);
  if (!reader) {
    note_error(*bench, reader.error());
    out.error = reader.error();
    co_return out;
  }
  std::uint64_t last_first = order->next();  // of the batch before: what a source without cursors may repeat
  std::size_t idle = 0;
  while (!out.ended && out.error == std::nullopt && order->next() < wanted && order->problem().empty()) {
    // Credits of a quarter second let a source without an end say that it is idle.
    const async::Deadline patience = wanted == UINT64_MAX ? deadline : deadline.at_most(kIdle);
    const connectors::Credits credits{ask.records, ask.bytes, patience};
    Result<connectors::Batch> batch = co_await (*reader)->read(credits);
    if (!batch) {
      note_error(*bench, batch.error());
      out.error = batch.error();
      break;
    }
    if (batch->content.size() > ask.bytes || batch->records > ask.records) out.disorder = "a batch over its credits";
    idle = batch->idle ? idle + 1 : 0;
    if (idle > kMostIdle || (batch->idle && deadline.expired())) {
      out.idle = true;
      break;
    }
    const std::uint64_t first = order->next();
    const std::uint64_t repeat = ask.again == 0 ? last_first : first - std::min(first, ask.again);
    order->add(batch->content, wanted == UINT64_MAX ? std::nullopt : std::optional(repeat));
    last_first = std::min(first, order->next());
    out.records += batch->records;
    out.ended = batch->end;
    bench->notebook.note(batch->cursor);
    if (!batch->cursor.empty()) out.cursor = batch->cursor;
    if (ask.keep) {
      out.content += batch->content;
      out.cursors.push_back(batch->cursor);
      out.ends.push_back(out.content.size());
    }
    if (seen) seen(*batch);
    if (ask.acknowledge && wanted != UINT64_MAX) {
      // A broken connection is no failure here: the batch comes again.
      Status safe = co_await (*reader)->acknowledge(deadline);
      if (!safe) note_error(*bench, safe.error());
    }
  }
  if (!order->problem().empty()) out.disorder = order->problem();
  bench->notebook.note(connector->health().problem);
  co_return out;
}

}  // namespace sekisho::conformance
