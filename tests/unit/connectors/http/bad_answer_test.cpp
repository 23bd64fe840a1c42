// What sources do wrong (issue 4, "Bad input"): one stable code for each, nothing partial is called complete, the
// connector's health shows it.
#include "tests/unit/connectors/http/plan_kit.hpp"

namespace sekisho::connectors {
namespace {

using kit::answer;
using kit::Got;
using kit::ok;
using kit::plan;
using kit::run;

constexpr const char* kNextLink = R"("select":"/*","paginator":{"kind":"next_link"})";
constexpr const char* kPages = R"("select":"/*","paginator":{"kind":"page","parameter":"page"})";

struct Case {
  const char* name;
  std::string manifest;
  std::string answer;  // to every call
  const char* code;
  std::size_t calls;
};

std::vector<Case> cases() {
  const std::string one = R"([{"a":1}])";
  const std::string fhir =
      R"({"kind":"http","base":"http://127.0.0.1:@P","dialect":"fhir@1","streams":[{"name":"s","path":"/Patient"}]})";
  const auto entry = [](const std::string& resource, const std::string& more = "") {
    return ok(R"({"resourceType":"Bundle","entry":[{"resource":)" + resource + "}]" + more + "}");
  };
  return {
      {"html with 200", plan(kNextLink), answer("200 OK", "Content-Type: text/html\r\n", "<html>"), "SOURCE_FAILED", 1},
      {"html called json", plan(kNextLink), ok("<!doctype html>"), "SOURCE_FAILED", 1},
      {"truncated json", plan(kNextLink), ok(R"([{"a":1},)"), "SOURCE_FAILED", 1},
      {"shorter than it says", plan(kNextLink),
       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\nConnection: close\r\n\r\n[1]",
       "SOURCE_FAILED", 4},
      {"duplicate keys", plan(kNextLink), ok(R"([{"a":1,"a":2}])"), "SOURCE_FAILED", 1},
      {"duplicate keys by an escape", plan(kNextLink), ok(R"([{"a":1,"\u0061":2}])"), "SOURCE_FAILED", 1},
      {"100,000 nested arrays", plan(kNextLink), ok(std::string(100'000, '[')), "SOURCE_FAILED", 1},
      {"100,000 nested arrays that close", plan(kNextLink), ok(std::string(100'000, '[') + std::string(100'000, ']')),
       "SOURCE_FAILED", 1},
      {"an error with 200", plan(R"("select":"/d/*","error":{"pointer":"/error"})"), ok(R"({"error":"E1","d":[]})"),
       "SOURCE_FAILED", 1},
      {"redirect to another host", plan(kNextLink), answer("302 Found", "Location: http://127.0.0.2/\r\n", ""),
       "SOURCE_FAILED", 1},
      {"a link to another host", plan(kNextLink), ok(one, "Link: <http://127.0.0.2/x>; rel=\"next\"\r\n"),
       "SOURCE_FAILED", 1},
      {"a page that links to itself", plan(kNextLink), ok(one, "Link: </x?q=1>; rel=\"next\"\r\n"), "SOURCE_FAILED", 1},
      {"two pages that link to each other",
       plan(R"("select":"/*","paginator":{"kind":"continuation","pointer":"/0/n","parameter":"t"})"),
       ok(R"([{"n":"t"}])"), "SOURCE_FAILED", 2},
      {"a page for every number", plan(kPages), ok(one), "SOURCE_FAILED", 2},
      {"unknown charset", plan(kNextLink), answer("200 OK", "Content-Type: application/json; charset=klingon\r\n", one),
       "SOURCE_FAILED", 1},
      {"not Shift_JIS as it says", plan(R"("format":"csv")"),
       answer("200 OK", "Content-Type: text/csv; charset=Shift_JIS\r\n", "a\n\x81"), "SOURCE_FAILED", 1},
      {"another content coding", plan(kNextLink), ok(one, "Content-Encoding: gzip\r\n"), "SOURCE_FAILED", 1},
      {"a changed schema: no array", plan(kNextLink), ok(R"({"items":[]})"), "SOURCE_FAILED", 1},
      {"a changed schema: records that are none", plan(kNextLink), ok("[1,2]"), "SOURCE_FAILED", 1},
      {"a changed schema: CSV without a column", plan(R"("format":"csv")"),
       answer("200 OK", "Content-Type: text/csv\r\n", "a,b\n1\n"), "SOURCE_FAILED", 1},
      {"a record over 1 MiB", plan(kNextLink), ok(R"([{"a":")" + std::string(1U << 20, 'x') + "\"}]"),
       "ANSWER_TOO_LARGE", 1},
      {"a page over 4 MiB", plan(kNextLink), ok(std::string(5U << 20, ' ')), "ANSWER_TOO_LARGE", 1},
      {"404", plan(kNextLink), answer("404 Not Found", "", ""), "SOURCE_FAILED", 1},
      {"500", plan(kNextLink), answer("500 Oops", "", ""), "SOURCE_FAILED", 1},
      {"503 for ever", plan(kNextLink), answer("503 Busy", "Retry-After: 0\r\n", ""), "SOURCE_FAILED", 4},
      {"a Bundle with a foreign reference", fhir,
       entry(R"({"resourceType":"Patient","link":[{"other":{"reference":"http://127.0.0.2/Patient/1"}}]})"),
       "SOURCE_FAILED", 1},
      {"a Bundle that goes on elsewhere", fhir,
       entry(R"({"resourceType":"Patient"})", R"(,"link":[{"relation":"next","url":"http://127.0.0.2/p"}])"),
       "SOURCE_FAILED", 1},
      {"an OperationOutcome in the place of a Bundle", fhir,
       ok(R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]})"), "SOURCE_FAILED",
       1},
      {"a fatal outcome in a Bundle", fhir,
       entry(R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]})"),
       "SOURCE_FAILED", 1},
      {"a Bundle that is none", fhir, ok(R"({"resourceType":"Patient"})"), "SOURCE_FAILED", 1},
      {"streamed lines that are no records", plan(R"("format":"ndjson")"),
       answer("200 OK", "Content-Type: application/x-ndjson\r\n", "{}\n[]\n"), "SOURCE_FAILED", 1},
      {"a streamed line that breaks off", plan(R"("format":"ndjson")"),
       answer("200 OK", "Content-Type: application/x-ndjson\r\n", "{}\n{\"a\":"), "SOURCE_FAILED", 1},
      {"streamed HTML", plan(R"("format":"ndjson")"), answer("200 OK", "Content-Type: text/html\r\n", "<p>"),
       "SOURCE_FAILED", 1},
  };
}

TEST(BadAnswer, EndsInAStableCodeAndShowsInTheHealth) {
  for (const Case& c : cases()) {
    const Got got = kit::play(c.manifest, [&](const test::Asked&) { return c.answer; });
    EXPECT_EQ(got.content, c.code) << c.name << ": " << got.message;
    EXPECT_EQ(got.asked.size(), c.calls) << c.name << ": " << got.message;
    EXPECT_FALSE(got.health.working) << c.name;
    EXPECT_TRUE(got.health.problem.starts_with(c.code)) << c.name << ": " << got.health.problem;
    for (const std::string& cursor : got.cursors) EXPECT_FALSE(cursor.empty()) << c.name;
  }
}

TEST(BadAnswer, HealthRecoversAndRemembers) {
  const Got got = run(plan(kNextLink), {ok(R"([{"a":1}])")});
  EXPECT_TRUE(got.health.working);
  EXPECT_EQ(got.health.problem, "");
}

TEST(BadAnswer, ALongCircleIsFoundInConstantMemory) {
  // Longer than the trail of the last pages is.
  constexpr std::size_t kRound = 1500;
  const Got got = kit::play(plan(R"("select":"/d/*","paginator":{"kind":"next_link","pointer":"/n"})"),
                            [&](const test::Asked& asked) {
                              const std::string body =
                                  R"({"d":[],"n":"/x?p=)" + std::to_string((asked.number + 1) % kRound) + "\"}";
                              return ok(body);
                            },
                            {.time = std::chrono::seconds(60)});
  EXPECT_EQ(got.content, "SOURCE_FAILED") << got.message;
  EXPECT_LT(got.asked.size(), 4 * kRound);
}

}  // namespace
}  // namespace sekisho::connectors
