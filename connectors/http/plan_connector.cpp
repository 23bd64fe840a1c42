#include "connectors/http/plan_connector.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "base/core/limits.hpp"
#include "connectors/http/pages.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxPages = 1'000'000;

// The last problem of a source, for its health. Shared with its readers.
struct HealthBook {
  std::mutex mutex;
  Health health;
  void note(const Error* error) {
    const std::lock_guard lock(mutex);
    health.working = error == nullptr;
    if (error != nullptr) health.problem = error->chain();
  }
};

class PlanReader final : public Reader {
 public:
  PlanReader(StreamPlan stream, AuthPlan auth, std::shared_ptr<Caller> caller, std::shared_ptr<HealthBook> book,
             Position start)
      : stream_(std::move(stream)),
        auth_(std::move(auth)),
        caller_(std::move(caller)),
        book_(std::move(book)),
        here_(std::move(start)) {}

  async::Task<Result<Batch>> read(Credits credits) override {
    Result<Batch> batch = co_await pull(credits);
    book_->note(batch ? nullptr : &batch.error());
    co_return batch;
  }

  void cancel() override { cancelled_ = true; }

 private:
  async::Task<Result<Batch>> pull(Credits credits) {
    for (;;) {
      if (cancelled_) co_return fail(Code::Cancelled, "the reading was cancelled");
      if (loaded_) {
        Result<Batch> batch = take(credits);
        if (!batch || batch->records > 0 || batch->end) co_return batch;
        here_ = {std::move(next_), 0};
      }
      Status turned = co_await load(credits.deadline);
      if (!turned) co_return fail(turned.error());
    }
  }

  async::Task<Status> load(async::Deadline deadline) {
    if (seen_.size() >= kMaxPages) co_return fail(problem("has more than 1,000,000 pages"));
    if (!seen_.insert(here_.at).second) co_return fail(problem("links a page to itself"));
    SourceCall call = call_for(stream_, here_.at);
    call.cancelled = &cancelled_;
    Result<http::ClientResponse> answer = co_await caller_->call(std::move(call), deadline);
    if (!answer) co_return fail(answer.error());
    co_return accept(std::move(*answer));
  }

  Status accept(http::ClientResponse answer) {
    page_ = {};
    next_.clear();
    loaded_ = true;
    if (std::ranges::find(stream_.empty_status, answer.status) != stream_.empty_status.end()) return {};
    if (answer.status != 200) return fail(problem("answered " + std::to_string(answer.status)));
    Result<Page> page = read_page(stream_, answer.headers, std::move(answer.body));
    if (!page) return fail(page.error().code, "source " + caller_->where(), page.error());
    Result<std::string> next = next_position(stream_, auth_, caller_->base(), here_.at, *page, answer.headers);
    if (!next) return fail(next.error().code, "source " + caller_->where(), next.error());
    if (here_.skip > page->records.size()) return fail(problem("has fewer records than the cursor says"));
    page_ = std::move(*page);
    next_ = std::move(*next);
    return {};
  }

  // What the credits allow of the page at hand; nothing when it is used up and another follows.
  Result<Batch> take(const Credits& credits) {
    Batch batch;
    while (here_.skip < page_.records.size() && batch.records < credits.records) {
      const std::string& record = page_.records[here_.skip];
      if (record.size() + 1 > credits.bytes)
        return fail(Code::AnswerTooLarge, "source " + caller_->where() + ": a record over the limit");
      if (batch.content.size() + record.size() + 1 > credits.bytes) break;
      batch.content += record;
      batch.content += '\n';
      ++batch.records;
      ++here_.skip;
    }
    const bool used_up = here_.skip >= page_.records.size();
    batch.end = used_up && next_.empty();
    const bool turn = used_up && !batch.end;
    batch.cursor = write_cursor(stream_, turn ? Position{next_, 0} : here_);
    return batch;
  }

  Error problem(const std::string& what) const {
    return {Code::SourceFailed, "source " + caller_->where() + " " + what};
  }

  const StreamPlan stream_;
  const AuthPlan auth_;
  const std::shared_ptr<Caller> caller_;
  const std::shared_ptr<HealthBook> book_;
  std::atomic<bool> cancelled_{false};
  std::unordered_set<std::string> seen_;
  Position here_;
  bool loaded_ = false;
  Page page_;
  std::string next_;
};

StreamInfo info_of(const StreamPlan& stream) {
  StreamInfo info;
  info.name = stream.name;
  info.title = stream.title;
  info.media = "application/x-ndjson";
  info.key = stream.key;
  info.cursor_kind = std::string(cursor_kind(stream.pager.kind));
  return info;
}

class PlanConnector final : public Connector {
 public:
  PlanConnector(const HttpPlan& plan, std::shared_ptr<Caller> caller)
      : plan_(plan), caller_(std::move(caller)), book_(std::make_shared<HealthBook>()) {}

  [[nodiscard]] Spec spec() const override { return kHttpPlanSpec; }

  async::Task<Result<std::vector<StreamInfo>>> discover(async::Deadline) override {
    std::vector<StreamInfo> out;
    std::ranges::transform(plan_.streams, std::back_inserter(out), info_of);
    co_return out;
  }

  async::Task<Result<std::unique_ptr<Reader>>> open(OpenRequest request, async::Deadline) override {
    const auto stream = std::ranges::find_if(
        plan_.streams, [&](const StreamPlan& s) { return request.stream.empty() || s.name == request.stream; });
    if (stream == plan_.streams.end()) co_return fail(Code::SourceFailed, "the source has no such stream");
    Position start = first_position(*stream);
    if (!request.cursor.empty()) {
      Result<Position> position = read_cursor(*stream, request.cursor);
      if (!position) co_return fail(position.error());
      start = std::move(*position);
    }
    co_return std::unique_ptr<Reader>(
        std::make_unique<PlanReader>(*stream, plan_.auth, caller_, book_, std::move(start)));
  }

  async::Task<Status> check(async::Deadline deadline) override {
    OpenRequest request;
    Result<std::unique_ptr<Reader>> reader = co_await open(std::move(request), deadline);
    if (!reader) co_return fail(reader.error());
    const Credits credits{1, limits::kRecordBytes + 1, deadline};
    Result<Batch> first = co_await (*reader)->read(credits);
    if (!first) co_return fail(first.error());
    co_return Status();
  }

  [[nodiscard]] Health health() const override {
    const std::lock_guard lock(book_->mutex);
    return book_->health;
  }

 private:
  const HttpPlan plan_;
  const std::shared_ptr<Caller> caller_;
  const std::shared_ptr<HealthBook> book_;
};

}  // namespace

Result<std::unique_ptr<Connector>> make_plan_connector(const HttpPlan& plan, const Context& context) {
  Result<std::shared_ptr<Caller>> caller = Caller::make(plan, context);
  if (!caller) return fail(caller.error());
  return std::unique_ptr<Connector>(std::make_unique<PlanConnector>(plan, std::move(*caller)));
}

}  // namespace sekisho::connectors
