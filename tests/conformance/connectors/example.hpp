// A foreign connector and its subject, as an author outside this project would write them:
// docs/connector-conformance.md.
//
// The source counts: {"kind":"counter","count":1000,"secret":"source"}. It needs a key, hands out NDJSON, and can be
// resumed from a cursor {"v":1,"next":17}.
#pragma once

#include <atomic>

#include "base/async/timer.hpp"
#include "connectors/connector.hpp"
#include "tests/conformance/connectors/kit.hpp"

namespace example {

using namespace sekisho;

// What stands behind the connector; the kit breaks it.
struct Counter {
  conformance::Wish wish;
  std::atomic<int> faults{0};
  std::atomic<bool> saw_key{false};
};

class CounterReader final : public connectors::Reader {
 public:
  CounterReader(std::shared_ptr<Counter> counter, std::uint64_t next) : counter_(std::move(counter)), next_(next) {}

  async::Task<Result<connectors::Batch>> read(connectors::Credits credits) override {
    using conformance::Fault;
    connectors::Batch batch;
    while (batch.records < credits.records && next_ < counter_->wish.records) {
      if (cancelled_) co_return fail(Code::Cancelled, "the reading was cancelled");
      if (next_ >= counter_->wish.fault_after && counter_->faults > 0) {
        if (batch.records > 0) break;  // what came before the fault is good
        if (counter_->wish.fault == Fault::Reset) {
          --counter_->faults;
          co_return fail(Code::SourceFailed, "the counter broke");
        }
        if (credits.deadline.expired()) co_return fail(Code::SourceTimeout, "the counter did not answer in time");
        co_await async::sleep_for(std::chrono::milliseconds(10));
        continue;
      }
      const std::string line = conformance::record_line(next_, counter_->wish.record_bytes);
      if (line.size() > credits.bytes) co_return fail(Code::AnswerTooLarge, "a record over the limit");
      if (batch.content.size() + line.size() > credits.bytes) break;
      batch.content += line;
      ++batch.records;
      ++next_;
    }
    if (cancelled_) co_return fail(Code::Cancelled, "the reading was cancelled");
    batch.end = next_ == counter_->wish.records;
    batch.cursor = R"({"v":1,"next":)" + std::to_string(next_) + "}";
    co_return batch;
  }

  void cancel() override { cancelled_ = true; }

 private:
  std::shared_ptr<Counter> counter_;
  std::uint64_t next_;
  std::atomic<bool> cancelled_{false};
};

class CounterConnector final : public connectors::Connector {
 public:
  CounterConnector(std::string secret, const connectors::Context& context, std::shared_ptr<Counter> counter)
      : secret_(std::move(secret)), context_(context), counter_(std::move(counter)) {}

  [[nodiscard]] connectors::Spec spec() const override { return {"counter", "counts upwards", false}; }

  async::Task<Status> check(async::Deadline deadline) override {
    auto reader = co_await open(connectors::OpenRequest(), deadline);
    co_return reader ? Status() : fail(reader.error());
  }

  async::Task<Result<std::vector<connectors::StreamInfo>>> discover(async::Deadline) override {
    std::vector<connectors::StreamInfo> streams(1);
    streams[0].name = "numbers";
    streams[0].media = "application/x-ndjson";
    streams[0].cursor_kind = "next";
    streams[0].key = {"/n"};
    const Result<Json> schema = parse_json(R"({"type":"object","required":["n"]})");
    streams[0].schema = *schema;
    co_return streams;
  }

  async::Task<Result<std::unique_ptr<connectors::Reader>>> open(connectors::OpenRequest request,
                                                                async::Deadline) override {
    if (!request.stream.empty() && request.stream != "numbers") co_return fail(Code::SourceFailed, "no such stream");
    const Result<Secret> key = context_.secret(secret_);
    if (!key) co_return fail(Code::SourceFailed, "the secret " + secret_ + " is missing", key.error());
    if (counter_->wish.fault == conformance::Fault::Absent) co_return fail(Code::SourceFailed, "no counter answers");
    counter_->saw_key = as_text(key->view()) == conformance::kCanary;
    Result<std::uint64_t> next = position(request.cursor);
    if (!next) co_return fail(next.error());
    co_return std::unique_ptr<connectors::Reader>(std::make_unique<CounterReader>(counter_, *next));
  }

 private:
  static Result<std::uint64_t> position(const std::string& cursor) {
    if (cursor.empty()) return 0;
    const Result<Json> document = parse_json(cursor);
    if (!document || !document->is_object()) return fail(Code::SourceFailed, "the cursor is not of this stream");
    const Status known = only_members(document->get_object(), {"v", "next"});
    const Result<std::int64_t> next = get_integer(document->get_object(), "next");
    if (!known || !next || *next < 0) return fail(Code::SourceFailed, "the cursor is not of this stream");
    return static_cast<std::uint64_t>(*next);
  }

  const std::string secret_;
  const connectors::Context& context_;
  const std::shared_ptr<Counter> counter_;
};

// All that the kit asks of an author.
class CounterSubject : public conformance::Subject {
 public:
  [[nodiscard]] std::string name() const override { return "counter"; }

  [[nodiscard]] std::string not_applicable(conformance::Check check) const override {
    using conformance::Check;
    switch (check) {
      case Check::Garbage:
      case Check::TooManyRequests:
      case Check::Burst503:
      case Check::Truncated:
      case Check::WrongLength: return "a counter has no such answers";
      case Check::TokenExpiry: return "its key does not end";
      default: return "";
    }
  }

  [[nodiscard]] std::string good_settings() const override { return R"({"kind":"counter","secret":"source"})"; }
  [[nodiscard]] std::vector<std::string> bad_settings() const override {
    return {"", "[]", R"({"kind":"counter"})", R"({"kind":"counter","secret":7})",
            R"({"kind":"counter","secret":"s","more":1})"};
  }

  [[nodiscard]] Result<std::unique_ptr<connectors::Connector>> make(const std::string& settings,
                                                                    const connectors::Context& context) override {
    return make_on(settings, context, std::make_shared<Counter>());
  }

  [[nodiscard]] Result<std::unique_ptr<conformance::Source>> start(const conformance::Wish& wish) override {
    class Running final : public conformance::Source {
     public:
      [[nodiscard]] connectors::Connector& connector() override { return *made; }
      [[nodiscard]] bool saw_canary() const override { return counter->saw_key; }
      connectors::Context context;
      std::shared_ptr<Counter> counter = std::make_shared<Counter>();
      std::unique_ptr<connectors::Connector> made;
    };
    auto source = std::make_unique<Running>();
    source->counter->wish = wish;
    source->counter->faults = wish.fault == conformance::Fault::None ? 0 : wish.fault_times;
    source->context = conformance::host({}, {}, wish.secret_missing);
    auto connector = make_on(good_settings(), source->context, source->counter);
    if (!connector) return fail(connector.error());
    source->made = std::move(*connector);
    return std::unique_ptr<conformance::Source>(std::move(source));
  }

 protected:
  // Settings to connector, as a node would do it.
  [[nodiscard]] virtual Result<std::unique_ptr<connectors::Connector>> make_on(const std::string& settings,
                                                                               const connectors::Context& context,
                                                                               std::shared_ptr<Counter> counter) {
    const Result<Json> document = parse_json(settings);
    if (!document || !document->is_object()) return fail(Code::JsonShape, "the settings are no object");
    const Status known = only_members(document->get_object(), {"kind", "secret"});
    if (!known) return fail(known.error());
    Result<std::string> secret = get_string(document->get_object(), "secret");
    if (!secret) return fail(secret.error());
    return std::unique_ptr<connectors::Connector>(
        std::make_unique<CounterConnector>(std::move(*secret), context, std::move(counter)));
  }
};

}  // namespace example
