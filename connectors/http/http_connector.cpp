#include "connectors/http/http_connector.hpp"

#include <atomic>
#include <optional>

#include "base/async/timer.hpp"
#include "base/core/limits.hpp"
#include "base/http/client.hpp"
#include "base/http/url.hpp"
#include "connectors/http/body_feed.hpp"
#include "connectors/http/health_book.hpp"
#include "connectors/http/records.hpp"
#include "connectors/http/target.hpp"
#include "connectors/line_buffer.hpp"

namespace sekisho::connectors {

namespace {

// An error of the client as the source's: which of the two codes, and where.
Error source_error(const std::string& where, const Error& below) {
  const Code code = below.code == Code::Deadline ? Code::SourceTimeout : Code::SourceFailed;
  return {below.code == Code::Cancelled ? Code::Cancelled : code, "source " + where, below};
}

// "application/x-ndjson; charset=utf-8" is the media type in front of the semicolon.
bool same_media(std::string_view field, std::string_view wanted) {
  field = field.substr(0, field.find(';'));
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
  return http::same_name(field, wanted);
}

class HttpReader final : public Reader {
 public:
  HttpReader(std::unique_ptr<BodyFeed> feed, std::shared_ptr<HealthBook> book, std::string where,
             async::Deadline deadline, bool endless)
      : feed_(std::move(feed)),
        book_(std::move(book)),
        where_(std::move(where)),
        deadline_(deadline),
        endless_(endless) {}

  async::Task<Result<Batch>> read(Credits credits) override {
    Result<Batch> batch = co_await pull(credits);
    book_->note(batch);
    co_return batch;
  }

  void cancel() override { stop_ = true; }

 private:
  async::Task<Result<Batch>> pull(Credits credits) {
    Batch batch;
    const async::Deadline deadline = credits.deadline.earlier(deadline_);
    for (;;) {
      if (stop_) co_return fail(Code::Cancelled, "the reading was cancelled");
      Result<bool> more = lines_.take(credits.records, credits.bytes, "source " + where_, batch);
      if (!more) co_return fail(more.error());
      batch.end = *more && lines_.finished();
      const bool some = endless_ && batch.records > 0;  // what is there does not wait for more
      if (!*more || batch.end || some) co_return checked(std::move(batch));
      Result<std::optional<std::string>> piece = co_await feed_->next(deadline, stop_);
      if (!piece) co_return fail(source_error(where_, piece.error()));
      if (!*piece && !endless_) {
        co_return fail(Code::SourceTimeout, "source " + where_ + " did not answer in time");
      }
      if (!*piece) {
        batch.idle = true;
        co_return batch;
      }
      lines_.add(**piece);
      if ((*piece)->empty()) lines_.finish();
    }
  }

  Result<Batch> checked(Batch batch) {
    Result<std::string> records = records_of_lines({}, parser_, std::move(batch.content));
    if (!records) {
      return fail(records.error().code, "source " + where_ + ": " + records.error().message, records.error());
    }
    batch.content = std::move(*records);
    return batch;
  }

  const std::unique_ptr<BodyFeed> feed_;
  const std::shared_ptr<HealthBook> book_;
  const std::string where_;
  const async::Deadline deadline_;  // of the whole answer; never for an endless one
  const bool endless_;
  std::atomic<bool> stop_{false};
  LineBuffer lines_;
  RecordParser parser_;
};

class HttpConnector final : public Connector {
 public:
  HttpConnector(HttpSource source, http::Url url, std::shared_ptr<http::Client> client, const Context& context)
      : source_(std::move(source)), url_(std::move(url)), client_(std::move(client)), context_(context) {}

  [[nodiscard]] Spec spec() const override { return kHttpSpec; }

  async::Task<Result<std::vector<StreamInfo>>> discover(async::Deadline) override {
    std::vector<StreamInfo> streams(1);
    streams[0].name = "answer";
    streams[0].title = host_port(url_) + url_.path;
    streams[0].media = source_.media;
    streams[0].endless = source_.endless;
    co_return streams;
  }

  async::Task<Result<std::unique_ptr<Reader>>> open(OpenRequest request, async::Deadline deadline) override {
    const bool known = request.stream.empty() || request.stream == "answer";
    if (!known || !request.cursor.empty()) {
      co_return fail(Code::SourceFailed, "one answer has no other stream and no cursor");
    }
    Result<std::unique_ptr<Reader>> reader = co_await begin(deadline.at_most(source_.timeout));
    book_->note(reader);
    co_return reader;
  }

  async::Task<Status> check(async::Deadline deadline) override {
    Result<std::unique_ptr<Reader>> reader = co_await open(OpenRequest(), deadline);
    if (!reader) co_return fail(reader.error());
    Result<Batch> first = co_await (*reader)->read({1, limits::kRecordBytes, deadline});
    if (!first) co_return fail(first.error());
    co_return Status();
  }

  [[nodiscard]] Health health() const override { return book_->health(); }
  // A record that has not come whole, and what is read ahead of it.
  [[nodiscard]] std::size_t holds() const override { return 2 * limits::kRecordBytes; }

 private:
  async::Task<Result<std::unique_ptr<Reader>>> begin(async::Deadline until) {
    Result<http::ClientRequest> request = build(until);
    if (!request) co_return fail(request.error());
    const std::string where = host_port(url_);
    Result<http::ResponseReader> response = co_await client_->open(std::move(*request));
    if (!response) co_return fail(source_error(where, response.error()));
    const http::ClientResponse& head = response->head();
    if (head.status != 200) {
      co_return fail(Code::SourceFailed, "source " + where + " answered " + std::to_string(head.status));
    }
    if (!same_media(head.headers.get("Content-Type"), source_.media)) {
      co_return fail(Code::SourceFailed, "source " + where + " answered another media type than " + source_.media);
    }
    if (head.headers.has("Content-Encoding")) {
      co_return fail(Code::SourceFailed, "source " + where + " answered with a content coding that was not asked for");
    }
    const async::Deadline whole = source_.endless ? async::Deadline::never() : until;
    response->extend(whole);
    const async::Executor executor = co_await async::current_executor();
    auto feed = std::make_unique<BodyFeed>(std::move(*response), executor);
    co_return std::unique_ptr<Reader>(
        std::make_unique<HttpReader>(std::move(feed), book_, where, whole, source_.endless));
  }

  [[nodiscard]] Result<http::ClientRequest> build(async::Deadline until) const {
    http::ClientRequest request;
    request.host = url_.host;
    request.port = url_.port;
    request.tls = url_.scheme == "https";
    request.target = url_.target();
    request.deadline = until;
    request.limits.body_bytes = source_.endless ? SIZE_MAX : limits::kBatchBytes;
    request.headers.add("Accept", source_.media);
    for (const HttpHeader& header : source_.headers) {
      std::string value = header.value;
      if (!header.secret.empty()) {
        if (!context_.secret) return fail(Code::SourceFailed, "no secrets are configured for sources");
        Result<Secret> secret = context_.secret(header.secret);
        if (!secret) return fail(Code::SourceFailed, "the secret " + header.secret + " is missing", secret.error());
        value += as_text(secret->view());
      }
      request.headers.set(header.name, std::move(value));
    }
    return request;
  }

  const HttpSource source_;
  const http::Url url_;
  const std::shared_ptr<http::Client> client_;
  const Context& context_;
  const std::shared_ptr<HealthBook> book_ = std::make_shared<HealthBook>();
};

}  // namespace

Result<std::unique_ptr<Connector>> make_http_connector(const HttpSource& source, const Context& context) {
  Result<http::Url> url = http::parse_url(source.url);
  if (!url) return fail(url.error());
  Status listed = on_egress_list(*url, context);
  if (!listed) return fail(listed.error());
  Result<std::shared_ptr<http::Client>> client = client_for(source.ca, context);
  if (!client) return fail(client.error());
  return std::unique_ptr<Connector>(
      std::make_unique<HttpConnector>(source, std::move(*url), std::move(*client), context));
}

}  // namespace sekisho::connectors
