// The kit itself: a good foreign connector passes, and each way of being bad is found by the check that is there for
// it.
#include <gtest/gtest.h>

#include "base/core/log.hpp"
#include "tests/conformance/connectors/checks.hpp"
#include "tests/conformance/connectors/example.hpp"
#include "tests/conformance/connectors/report.hpp"

namespace sekisho::conformance {
namespace {

enum class Flaw : std::uint8_t {
  None,
  Skips,            // record 500 never comes
  LosesAtResume,    // a resumed reading begins one record late
  RepeatsAtResume,  // … or one early
  TakesAnyCursor,
  CursorNotJson,
  OverCredits,
  SchemaLies,
  TakesAnySettings,
  CheckIsAlwaysGood,
  MissingSecretIsGood,
  CallsBrokenComplete,
  HangIsAFailure,  // SOURCE_FAILED where the deadline passed
  IgnoresCancel,
  Hoards,
  LeaksInError,
  LeaksInCursor,
  LeaksInLog,
  NeverUsesSecret,
};

std::string replaced(std::string text, std::string_view old, std::string_view now) {
  const std::size_t at = text.find(old);
  return at == text.npos ? text : text.replace(at, old.size(), now);
}

class BadReader final : public connectors::Reader {
 public:
  BadReader(std::unique_ptr<connectors::Reader> good, Flaw flaw) : good_(std::move(good)), flaw_(flaw) {}

  async::Task<Result<connectors::Batch>> read(connectors::Credits credits) override {
    if (flaw_ == Flaw::OverCredits) ++credits.records;
    Result<connectors::Batch> batch = co_await good_->read(credits);
    if (!batch) {
      Error error = batch.error();
      if (flaw_ == Flaw::CallsBrokenComplete) co_return connectors::Batch{"", 0, true, false, ""};
      if (flaw_ == Flaw::HangIsAFailure) error.code = Code::SourceFailed;
      if (flaw_ == Flaw::LeaksInError) error.message += " with key " + std::string(kCanary);
      co_return fail(error);
    }
    if (flaw_ == Flaw::Skips) batch->content = replaced(batch->content, record_line(500, 64), "");
    if (flaw_ == Flaw::CursorNotJson) batch->cursor = "next=" + batch->cursor;
    if (flaw_ == Flaw::LeaksInCursor)
      batch->cursor = replaced(batch->cursor, "}", R"(,"key":")" + std::string(kCanary) + "\"}");
    if (flaw_ == Flaw::LeaksInLog) log_info("bad.connector", {{"key", kCanary}});
    if (flaw_ == Flaw::Hoards) hoard_ += batch->content;
    co_return batch;
  }

  void cancel() override {
    if (flaw_ != Flaw::IgnoresCancel) good_->cancel();
  }

 private:
  std::unique_ptr<connectors::Reader> good_;
  const Flaw flaw_;
  std::string hoard_;
};

class BadConnector final : public connectors::Connector {
 public:
  BadConnector(std::unique_ptr<connectors::Connector> good, Flaw flaw) : good_(std::move(good)), flaw_(flaw) {}

  [[nodiscard]] connectors::Spec spec() const override { return good_->spec(); }

  async::Task<Status> check(async::Deadline deadline) override {
    Status done = co_await good_->check(deadline);
    const bool secret = !done && done.error().cause != nullptr;
    if (flaw_ == Flaw::CheckIsAlwaysGood || (flaw_ == Flaw::MissingSecretIsGood && secret)) co_return Status();
    co_return done;
  }

  async::Task<Result<std::vector<connectors::StreamInfo>>> discover(async::Deadline deadline) override {
    Result<std::vector<connectors::StreamInfo>> streams = co_await good_->discover(deadline);
    const Result<Json> lie = parse_json(R"({"type":"object","required":["n","m"]})");
    if (streams && flaw_ == Flaw::SchemaLies) streams->front().schema = *lie;
    co_return streams;
  }

  async::Task<Result<std::unique_ptr<connectors::Reader>>> open(connectors::OpenRequest request,
                                                                async::Deadline deadline) override {
    const std::string asked = request.cursor;
    request.cursor = moved(asked);
    Result<std::unique_ptr<connectors::Reader>> reader = co_await good_->open(std::move(request), deadline);
    if (!reader && flaw_ == Flaw::TakesAnyCursor && !asked.empty()) reader = co_await good_->open(deadline);
    if (!reader) co_return reader;
    co_return std::unique_ptr<connectors::Reader>(std::make_unique<BadReader>(std::move(*reader), flaw_));
  }

 private:
  // The cursor that the good connector gets.
  [[nodiscard]] std::string moved(const std::string& cursor) const {
    if (flaw_ == Flaw::LeaksInCursor) return replaced(cursor, R"(,"key":")" + std::string(kCanary) + "\"", "");
    if (flaw_ == Flaw::CursorNotJson) return replaced(cursor, "next=", "");
    const std::size_t at = cursor.find("\"next\":");
    if (at == cursor.npos || (flaw_ != Flaw::LosesAtResume && flaw_ != Flaw::RepeatsAtResume)) return cursor;
    const long next = std::stol(cursor.substr(at + 7)) + (flaw_ == Flaw::LosesAtResume ? 1 : -1);
    return R"({"v":1,"next":)" + std::to_string(next) + "}";
  }

  const std::unique_ptr<connectors::Connector> good_;
  const Flaw flaw_;
};

class BadSubject final : public example::CounterSubject {
 public:
  explicit BadSubject(Flaw flaw) : flaw_(flaw) {}

 private:
  Result<std::unique_ptr<connectors::Connector>> make_on(const std::string& settings,
                                                         const connectors::Context& context,
                                                         std::shared_ptr<example::Counter> counter) override {
    if (flaw_ == Flaw::NeverUsesSecret) counter = unseen(*counter);
    auto good = example::CounterSubject::make_on(settings, context, counter);
    if (!good && flaw_ == Flaw::TakesAnySettings)
      good = example::CounterSubject::make_on(good_settings(), context, counter);
    if (!good) return good;
    return std::unique_ptr<connectors::Connector>(std::make_unique<BadConnector>(std::move(*good), flaw_));
  }

  static std::shared_ptr<example::Counter> unseen(const example::Counter& counter) {
    auto out = std::make_shared<example::Counter>();
    out->wish = counter.wish;
    return out;
  }

  const Flaw flaw_;
};

TEST(ConformanceKit, AForeignConnectorPasses) {
  example::CounterSubject subject;
  const std::vector<Row> rows = run({&subject}, Sizes::quick());
  EXPECT_EQ(count(rows).failed, 0U) << as_table(rows);
  EXPECT_EQ(count(rows).passed, 12U) << as_table(rows);
}

TEST(ConformanceKit, EveryFlawIsFoundByItsCheck) {
  struct Case {
    const char* name;
    Flaw flaw;
    Check check;
  };
  const Case cases[] = {
      {"skips", Flaw::Skips, Check::Order},
      {"loses at resume", Flaw::LosesAtResume, Check::Resume},
      {"repeats at resume", Flaw::RepeatsAtResume, Check::Resume},
      {"takes any cursor", Flaw::TakesAnyCursor, Check::Resume},
      {"cursor is not JSON", Flaw::CursorNotJson, Check::Resume},
      {"over its credits", Flaw::OverCredits, Check::Order},
      {"schema lies", Flaw::SchemaLies, Check::Schema},
      {"takes any settings", Flaw::TakesAnySettings, Check::Settings},
      {"check is always good", Flaw::CheckIsAlwaysGood, Check::CheckCall},
      {"a missing secret is good", Flaw::MissingSecretIsGood, Check::CheckCall},
      {"calls broken complete", Flaw::CallsBrokenComplete, Check::Reset},
      {"a hang is a failure", Flaw::HangIsAFailure, Check::Delay},
      {"ignores cancel", Flaw::IgnoresCancel, Check::Cancel},
      {"hoards", Flaw::Hoards, Check::Budget},
      {"leaks in an error", Flaw::LeaksInError, Check::Canary},
      {"leaks in a cursor", Flaw::LeaksInCursor, Check::Canary},
      {"leaks in the log", Flaw::LeaksInLog, Check::Canary},
      {"never uses the secret", Flaw::NeverUsesSecret, Check::Canary},
  };
  Sizes sizes = Sizes::quick();
  sizes.records = 300;
  for (const Case& c : cases) {
    if (c.check == Check::Budget && sizes.budget_bytes == 0) continue;  // under a sanitizer
    BadSubject bad(c.flaw);
    const Outcome found = run_one(bad, c.check, sizes);
    EXPECT_EQ(found.verdict, Verdict::Failed) << c.name << ": " << found.detail;
    EXPECT_NE(found.detail, "") << c.name;
    BadSubject good(Flaw::None);
    const Outcome fine = run_one(good, c.check, sizes);
    EXPECT_EQ(fine.verdict, Verdict::Passed) << c.name << ": " << fine.detail;
  }
}

TEST(ConformanceKit, TableAndJsonSayTheSame) {
  Row row{"one", std::vector<Outcome>(checks().size())};
  row.outcomes[0] = failed("it broke");
  row.outcomes[1] = not_applicable("no such thing");
  const std::vector<Row> rows = {row};
  const std::string table = as_table(rows);
  EXPECT_NE(table.find("FAILED one: it broke"), std::string::npos) << table;
  EXPECT_NE(table.find("n/a    one: no such thing"), std::string::npos) << table;
  const Result<Json> json = parse_json(as_json(rows, Sizes::full()));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("failed").as_int64(), 1);
  EXPECT_EQ(json->at("not_applicable").as_int64(), 1);
  EXPECT_EQ(json->at("connectors").as_array()[0].at("checks").as_array().size(), checks().size());
}

}  // namespace
}  // namespace sekisho::conformance
