#include <algorithm>

#include "base/async/timer.hpp"
#include "connectors/http/body_feed.hpp"
#include "connectors/http/page.hpp"
#include "connectors/http/plan_readers.hpp"
#include "connectors/http/records.hpp"
#include "connectors/line_buffer.hpp"

namespace sekisho::connectors {

namespace {

constexpr int kReconnects = 3;
constexpr std::chrono::milliseconds kPause{200};

// "text/html; charset=utf-8" is the media type in front of the semicolon.
std::string_view media_of(std::string_view field) {
  field = field.substr(0, field.find(';'));
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
  return field;
}

class LongReader final : public Reader {
 public:
  LongReader(PlanReaderParts parts, LongPosition start)
      : parts_(std::move(parts)), opaque_(parts_.stream.format == BodyFormat::Opaque), here_(std::move(start)) {}

  async::Task<Result<Batch>> read(Credits credits) override {
    Result<Batch> batch = co_await pull(credits);
    if (!batch) feed_.reset();
    parts_.book->note(batch);
    co_return batch;
  }

  void cancel() override { stop_ = true; }

 private:
  async::Task<Result<Batch>> pull(Credits credits) {
    for (;;) {
      if (stop_) co_return fail(Code::Cancelled, "the reading was cancelled");
      if (!feed_ && !finished_) {
        Status begun = co_await start(credits.deadline);
        if (!begun) co_return fail(begun.error());
      }
      Batch batch;
      Status given = opaque_ ? give_octets(credits, batch) : give_lines(credits, batch);
      if (!given) co_return fail(given.error());
      if (!batch.content.empty() || batch.end) co_return batch;
      Result<std::optional<std::string>> piece = co_await feed_->next(credits.deadline, stop_);
      if (!piece) {
        Status again = co_await reconnect(piece.error(), credits.deadline);
        if (!again) co_return fail(again.error());
        continue;
      }
      if (!*piece && !parts_.stream.endless) {
        co_return fail(Code::SourceTimeout, "source " + parts_.caller->where() + " did not go on in time");
      }
      if (!*piece) {
        batch.idle = true;
        batch.cursor = cursor();
        co_return batch;
      }
      take_in(**piece);
    }
  }

  async::Task<Status> start(async::Deadline deadline) {
    if (here_.size && here_.at == *here_.size && here_.at > 0) {
      finish();
      co_return Status();
    }
    SourceCall call;
    call.target = parts_.stream.path;
    call.fields = parts_.stream.headers;
    call.stop = &stop_;
    call.headers.add("Accept", parts_.stream.accept);
    ask_from(here_, call.headers);
    Result<http::ResponseReader> reader = co_await parts_.caller->open(std::move(call), deadline);
    if (!reader) co_return fail(reader.error());
    const async::Executor executor = co_await async::current_executor();
    reader->extend(async::Deadline::never());
    feed_ = std::make_unique<BodyFeed>(std::move(*reader), executor);
    co_return accept(feed_->head());
  }

  Status accept(const http::ClientResponse& head) {
    const std::vector<int>& empty = parts_.stream.empty_status;
    if (std::ranges::find(empty, head.status) != empty.end()) {
      finish();
      return {};
    }
    const bool part = head.status == 206 && here_.at > 0;
    if (head.status != 200 && !part) return fail(problem("answered " + std::to_string(head.status)));
    if (head.headers.has("Content-Encoding")) return fail(problem("answered with a content coding not asked for"));
    const std::string_view type = head.headers.get("Content-Type");
    const std::string& media = parts_.stream.media;
    if (!media.empty() && !http::same_name(media_of(type), media_of(media))) {
      return fail(problem("answered another media type than " + media));
    }
    if (media.empty() && looks_like_html(type, {})) return fail(problem("answered HTML"));
    const Result<std::uint64_t> passed = go_on(head, here_);
    if (!passed) return fail(problem(passed.error().message));
    pass_over_ = *passed;
    arrived_ = here_.at;
    return {};
  }

  // A connection that broke in the middle is made again where that tells no body from another.
  async::Task<Status> reconnect(const Error& error, async::Deadline deadline) {
    const Error cause = error;
    const bool broken = cause.code == Code::Connection || cause.code == Code::Truncated;
    const bool can = !parts_.stream.endless && (here_.at == 0 || here_.lasting());
    if (here_.at != reconnected_at_) reconnects_ = 0;
    if (!broken || !can || reconnects_ >= kReconnects) co_return fail(parts_.caller->failed(cause));
    ++reconnects_;
    reconnected_at_ = here_.at;
    feed_.reset();
    lines_ = {};
    octets_.clear();
    Status waited = co_await parts_.caller->pause(kPause, stop_, deadline);
    co_return waited;
  }

  void finish() {
    finished_ = true;
    lines_.finish();
  }

  void take_in(std::string& piece) {
    if (piece.empty()) return finish();
    const std::uint64_t passed = std::min<std::uint64_t>(pass_over_, piece.size());
    pass_over_ -= passed;
    const std::string_view fresh = std::string_view(piece).substr(static_cast<std::size_t>(passed));
    arrived_ += fresh.size();
    if (opaque_) {
      octets_ += fresh;
    } else {
      lines_.add(fresh);
    }
  }

  Status give_octets(const Credits& credits, Batch& batch) {
    if (octets_.size() <= credits.bytes) {
      batch.content = std::exchange(octets_, {});
    } else {
      batch.content = octets_.substr(0, std::max<std::size_t>(credits.bytes, 1));
      octets_.erase(0, batch.content.size());
    }
    here_.at += batch.content.size();
    batch.end = finished_ && octets_.empty();
    batch.cursor = cursor();
    return {};
  }

  Status give_lines(const Credits& credits, Batch& batch) {
    const std::string where = "source " + parts_.caller->where();
    const Result<bool> more = lines_.take(credits.records, credits.bytes, where, batch);
    if (!more) return fail(more.error());
    Result<std::string> records = records_of_lines(parts_.stream, parser_, std::move(batch.content));
    if (!records) return fail(records.error().code, where + ": " + records.error().message, records.error());
    batch.content = std::move(*records);
    here_.at = arrived_ - lines_.pending();
    batch.end = *more && lines_.finished();
    batch.cursor = cursor();
    return {};
  }

  [[nodiscard]] std::string cursor() const { return here_.lasting() ? write_cursor(here_) : std::string(); }

  Error problem(const std::string& what) const {
    return {Code::SourceFailed, "source " + parts_.caller->where() + " " + what};
  }

  const PlanReaderParts parts_;
  const bool opaque_;
  std::atomic<bool> stop_{false};
  LongPosition here_;
  std::unique_ptr<BodyFeed> feed_;
  bool finished_ = false;
  std::uint64_t pass_over_ = 0;  // octets that come again
  std::uint64_t arrived_ = 0;    // octets of the body that are here or done
  int reconnects_ = 0;
  std::uint64_t reconnected_at_ = 0;
  std::string octets_;
  LineBuffer lines_;
  RecordParser parser_;
};

}  // namespace

bool is_long(const StreamPlan& stream) {
  if (stream.format == BodyFormat::Opaque || stream.endless) return true;
  return stream.format == BodyFormat::Ndjson && stream.pager.kind == PagerKind::Single &&
         stream.job.kind == JobPlan::Kind::None;
}

std::unique_ptr<Reader> make_long_reader(PlanReaderParts parts, LongPosition start) {
  return std::make_unique<LongReader>(std::move(parts), std::move(start));
}

}  // namespace sekisho::connectors
