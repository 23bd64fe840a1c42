// What a connector says of itself, and what it takes and refuses before any record.
#include "schemas/json_schema/json_schema.hpp"
#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::chrono::seconds kPatience{10};

bool source_error(const Error& error) { return error.code == Code::SourceFailed || error.code == Code::SourceTimeout; }

Result<std::unique_ptr<Source>> start(const Bench& bench, const Wish& wish) {
  Result<std::unique_ptr<Source>> source = bench.subject.start(wish);
  if (!source) bench.notebook.note(source.error().chain());
  return source;
}

}  // namespace

async::Task<Outcome> check_settings(const Bench* bench) {
  const connectors::Context nowhere = host({});
  const std::string good = bench->subject.good_settings();
  Wish wish;
  wish.records = 1;
  Result<std::unique_ptr<Source>> source = start(*bench, wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  connectors::Connector& connector = (*source)->connector();
  const connectors::Spec spec = connector.spec();
  if (spec.kind.empty() || spec.title.empty()) co_return failed("the spec has no kind or no title");
  Result<std::unique_ptr<connectors::Connector>> made = bench->subject.make(good, nowhere);
  if (spec.network && made) co_return failed("a network source is made for a host that is not on the egress list");
  if (spec.network && made.error().code != Code::Forbidden) co_return failed("good settings: " + made.error().chain());
  if (!spec.network && !made) co_return failed("good settings: " + made.error().chain());
  std::size_t refused = 0;
  for (const std::string& bad : bench->subject.bad_settings()) {
    Result<std::unique_ptr<connectors::Connector>> wrong = bench->subject.make(bad, nowhere);
    if (wrong) co_return failed("bad settings are taken: " + bad);
    if (wrong.error().code == Code::Forbidden) co_return failed("bad settings come as far as the egress list: " + bad);
    bench->notebook.note(wrong.error().chain());
    ++refused;
  }
  if (refused == 0) co_return failed("the subject names no bad settings");
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &connector);
  if (!stream) co_return failed("discover: " + stream.error().chain());
  if (stream->name.empty() || stream->media.empty()) co_return failed("a stream without name or media type");
  connectors::OpenRequest unknown{"no such stream", "", ""};
  Result<std::unique_ptr<connectors::Reader>> reader =
      co_await connector.open(std::move(unknown), async::Deadline::in(kPatience));
  if (reader) co_return failed("a stream that is not there is opened");
  co_return passed(std::to_string(refused) + " bad settings refused");
}

async::Task<Outcome> check_check(const Bench* bench) {
  Wish wish;
  wish.records = 3;
  Result<std::unique_ptr<Source>> good = start(*bench, wish);
  if (!good) co_return failed("no source: " + good.error().chain());
  Status works = co_await (*good)->connector().check(async::Deadline::in(kPatience));
  if (!works) co_return failed("a working source: " + works.error().chain());
  wish.fault = Fault::Absent;
  Result<std::unique_ptr<Source>> absent = start(*bench, wish);
  if (!absent) co_return failed("no absent source: " + absent.error().chain());
  Status gone = co_await (*absent)->connector().check(async::Deadline::in(kPatience));
  if (gone) co_return failed("an absent source is called good");
  bench->notebook.note(gone.error().chain());
  if (!source_error(gone.error())) co_return failed("an absent source: " + gone.error().chain());
  if (!bench->subject.not_applicable(Check::Canary).empty()) co_return passed("good, absent");
  wish.fault = Fault::None;
  wish.secret_missing = true;
  Result<std::unique_ptr<Source>> poor = start(*bench, wish);
  if (!poor) co_return failed("no source: " + poor.error().chain());
  Status refused = co_await (*poor)->connector().check(async::Deadline::in(kPatience));
  if (refused) co_return failed("a source whose secret is missing is called good");
  if (refused.error().chain().find(kSecretName) == std::string::npos)
    co_return failed("the missing secret is not named");
  co_return passed("good, absent, without its secret");
}

async::Task<Outcome> check_schema(const Bench* bench) {
  Wish wish;
  wish.records = 200;
  Result<std::unique_ptr<Source>> source = start(*bench, wish);
  if (!source) co_return failed("no source: " + source.error().chain());
  Result<connectors::StreamInfo> stream = co_await first_stream(bench, &(*source)->connector());
  if (!stream) co_return failed("discover: " + stream.error().chain());
  if (stream->schema.is_null()) co_return not_applicable("no schema is discovered");
  const auto schema = schemas::JsonSchema::compile(stream->schema);
  if (!schema) co_return failed("the schema is none: " + schema.error().chain());
  Order order(bench->subject);
  Ask ask;
  if (stream->endless) ask.want = wish.records;
  Reading reading = co_await read_stream(bench, &(*source)->connector(), std::move(ask), &order);
  if (reading.error) co_return failed(reading.error->chain());
  std::size_t judged = 0;
  std::size_t begin = 0;
  for (std::size_t end = reading.content.find('\n'); end != std::string::npos;
       end = reading.content.find('\n', begin)) {
    const Result<Json> record = parse_json(reading.content.substr(begin, end - begin));
    if (!record) co_return failed("record " + std::to_string(judged) + ": " + record.error().chain());
    const Status valid = (*schema)->validate(*record);
    if (!valid) co_return failed("record " + std::to_string(judged) + ": " + valid.error().chain());
    ++judged;
    begin = end + 1;
  }
  if (judged != wish.records) co_return failed(std::to_string(judged) + " records of 200 came");
  co_return passed(std::to_string(judged) + " records");
}

}  // namespace sekisho::conformance
