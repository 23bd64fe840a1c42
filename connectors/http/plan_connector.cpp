#include "connectors/http/plan_connector.hpp"

#include <algorithm>

#include "base/core/limits.hpp"
#include "connectors/http/plan_readers.hpp"

namespace sekisho::connectors {

namespace {

StreamInfo info_of(const StreamPlan& stream) {
  StreamInfo info;
  info.name = stream.name;
  info.title = stream.title;
  info.records = stream.format != BodyFormat::Opaque;
  info.media = "application/x-ndjson";
  if (!info.records) info.media = stream.media.empty() ? "application/octet-stream" : stream.media;
  info.key = stream.key;
  info.cursor_kind = is_long(stream) ? "octets" : std::string(cursor_kind(stream.pager.kind));
  info.endless = stream.endless;
  return info;
}

class PlanConnector final : public Connector {
 public:
  PlanConnector(const HttpPlan& plan, std::shared_ptr<Caller> caller) : plan_(plan), caller_(std::move(caller)) {}

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
    co_return open_stream(*stream, request.cursor);
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

  [[nodiscard]] Health health() const override { return book_->health(); }
  // An answer, and the records that are made of it.
  [[nodiscard]] std::size_t holds() const override { return 2 * plan_.page_bytes; }

 private:
  [[nodiscard]] Result<std::unique_ptr<Reader>> open_stream(const StreamPlan& stream, const std::string& cursor) const {
    PlanReaderParts parts{stream, plan_.auth, caller_, book_};
    if (is_long(stream)) {
      LongPosition start;
      if (!cursor.empty()) {
        Result<LongPosition> position = read_long_cursor(cursor);
        if (!position) return fail(position.error());
        start = std::move(*position);
      }
      return make_long_reader(std::move(parts), std::move(start));
    }
    Position start = first_position(stream);
    if (!cursor.empty()) {
      Result<Position> position = read_cursor(stream, cursor);
      if (!position) return fail(position.error());
      start = std::move(*position);
    }
    return make_page_reader(std::move(parts), std::move(start));
  }

  const HttpPlan plan_;
  const std::shared_ptr<Caller> caller_;
  const std::shared_ptr<HealthBook> book_ = std::make_shared<HealthBook>();
};

}  // namespace

Result<std::unique_ptr<Connector>> make_plan_connector(const HttpPlan& plan, const Context& context) {
  Result<std::shared_ptr<Caller>> caller = Caller::make(plan, context);
  if (!caller) return fail(caller.error());
  return std::unique_ptr<Connector>(std::make_unique<PlanConnector>(plan, std::move(*caller)));
}

}  // namespace sekisho::connectors
