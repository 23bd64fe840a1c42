#include <algorithm>

#include "base/core/limits.hpp"
#include "connectors/http/jobs.hpp"
#include "connectors/http/page_trail.hpp"
#include "connectors/http/plan_readers.hpp"
#include "connectors/http/records.hpp"
#include "connectors/http/refusal.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::uint64_t kMaxPages = 1'000'000;
constexpr std::size_t kMaxTag = 512;

std::string tag(const http::Headers& headers, std::string_view name) {
  const std::string_view value = headers.get(name);
  return value.size() <= kMaxTag ? std::string(value) : std::string();
}

class PageReader final : public Reader {
 public:
  PageReader(PlanReaderParts parts, Position start) : parts_(std::move(parts)), here_(std::move(start)) {}

  async::Task<Result<Batch>> read(Credits credits) override {
    Result<Batch> batch = co_await pull(credits);
    parts_.book->note(batch);
    co_return batch;
  }

  void cancel() override { stop_ = true; }

 private:
  async::Task<Result<Batch>> pull(Credits credits) {
    for (;;) {
      if (stop_) co_return fail(Code::Cancelled, "the reading was cancelled");
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
    if (trail_.pages() >= kMaxPages) co_return fail(problem("has more than 1,000,000 pages"));
    if (!trail_.visit(here_.at)) co_return fail(problem("links a page to itself"));
    SourceCall call = call_for(parts_.stream, here_);
    call.stop = &stop_;
    const bool job = parts_.stream.job.kind != JobPlan::Kind::None;
    SourceCall first = job ? call : SourceCall();
    Result<http::ClientResponse> answer = co_await parts_.caller->call(std::move(call), deadline);
    if (answer && job) {
      answer = co_await finish_job(parts_.caller, parts_.stream, std::move(first), std::move(*answer), deadline);
    }
    if (!answer) co_return fail(answer.error());
    co_return accept(std::move(*answer));
  }

  Status accept(http::ClientResponse answer) {
    page_ = {};
    next_.clear();
    loaded_ = true;
    const bool asked = !here_.etag.empty() || !here_.modified.empty();
    if (answer.status == 304 && asked) return {};  // the cursor stays what it was
    const std::vector<int>& empty = parts_.stream.empty_status;
    const bool none = std::ranges::find(empty, answer.status) != empty.end();
    if (!none && answer.status != 200) return fail(problem(refusal_of(answer)));
    const bool changed = asked && (here_.etag.empty() || tag(answer.headers, "ETag") != here_.etag);
    // One document that is another now is had from its start; pages that grow go on where they were.
    if (changed && parts_.stream.pager.kind == PagerKind::Single) here_.skip = 0;
    here_.etag = tag(answer.headers, "ETag");
    here_.modified = tag(answer.headers, "Last-Modified");
    if (none) {
      here_.skip = 0;
      return {};
    }
    return turn(std::move(answer));
  }

  // The page of a good answer becomes the one at hand.
  Status turn(http::ClientResponse answer) {
    const std::string where = "source " + parts_.caller->where();
    const http::Url& base = parts_.caller->base();
    Result<Page> page = read_page(parts_.stream, base, answer.headers, std::move(answer.body));
    if (!page) return fail(page.error().code, where + ": " + page.error().message, page.error());
    if (repeats(*page)) return fail(problem("answers the same page again"));
    Result<std::string> next = next_position(parts_.stream, parts_.auth, base, here_.at, *page);
    if (!next) return fail(next.error().code, where + ": " + next.error().message, next.error());
    if (here_.skip > page->records.size()) return fail(problem("has fewer records than the cursor says"));
    for (std::string& record : page->records) {
      Result<std::string> out = mapped(parts_.stream, std::move(record));
      if (!out) return fail(out.error().code, where + ": " + out.error().message, out.error());
      record = std::move(*out);
    }
    page_ = std::move(*page);
    next_ = std::move(*next);
    return {};
  }

  // A source that passes over the page's number would answer its first page for ever.
  bool repeats(const Page& page) {
    const PagerKind kind = parts_.stream.pager.kind;
    if ((kind != PagerKind::Page && kind != PagerKind::Offset) || page.records.empty()) return false;
    std::size_t mark = page.records.size();
    for (const std::string& record : page.records) mark = mark * 31 + std::hash<std::string>()(record);
    const bool same = mark == last_mark_;
    last_mark_ = mark;
    return same;
  }

  // What the credits allow of the page at hand; nothing when it is used up and another follows.
  Result<Batch> take(const Credits& credits) {
    Batch batch;
    while (here_.skip < page_.records.size() && batch.records < credits.records) {
      const std::string& record = page_.records[here_.skip];
      if (record.size() + 1 > credits.bytes)
        return fail(Code::AnswerTooLarge, "source " + parts_.caller->where() + ": a record over the limit");
      if (batch.content.size() + record.size() + 1 > credits.bytes) break;
      batch.content += record;
      batch.content += '\n';
      ++batch.records;
      ++here_.skip;
    }
    const bool used_up = here_.skip >= page_.records.size();
    batch.end = used_up && next_.empty();
    batch.cursor = write_cursor(parts_.stream, cursor_position(used_up, batch.end));
    return batch;
  }

  // Validators only where all of the page is done: a page that has not changed then has nothing to give.
  [[nodiscard]] Position cursor_position(bool used_up, bool end) const {
    if (end) return here_;
    return used_up ? Position{next_, 0} : Position{here_.at, here_.skip};
  }

  Error problem(const std::string& what) const {
    return {Code::SourceFailed, "source " + parts_.caller->where() + " " + what};
  }

  const PlanReaderParts parts_;
  std::atomic<bool> stop_{false};
  PageTrail trail_;
  Position here_;
  bool loaded_ = false;
  Page page_;
  std::string next_;
  std::size_t last_mark_ = 0;
};

}  // namespace

std::unique_ptr<Reader> make_page_reader(PlanReaderParts parts, Position start) {
  return std::make_unique<PageReader>(std::move(parts), std::move(start));
}

}  // namespace sekisho::connectors
