#include "connectors/http/page.hpp"
#include "tests/unit/connectors/http/plan_kit.hpp"

#include <filesystem>
#include <fstream>

namespace sekisho::connectors {
namespace {

using kit::answer;
using kit::Got;
using kit::ok;
using kit::plan;
using kit::run;

TEST(HttpPlan, EveryPaginatorReadsAllPagesInOrder) {
  const std::string expected = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";
  const std::string one = R"([{"a":1},{"a":2}])";
  const std::string two = R"([{"a":3}])";
  struct Case {
    const char* name;
    std::string manifest;
    std::vector<std::string> answers;
    std::string second;  // in the head of the second call
  };
  const Case cases[] = {
      {"link header",
       plan(R"("select":"/*","paginator":{"kind":"next_link"})"),
       {ok(one, "Link: </x?p=2>; rel=\"next\"\r\n"), ok(two)},
       "GET /x?p=2 HTTP"},
      {"link in the body",
       plan(R"("select":"/d/*","paginator":{"kind":"next_link","pointer":"/n"})"),
       {ok(R"({"d":)" + one + R"(,"n":"?p=2"})"), ok(R"({"d":)" + two + R"(,"n":null})")},
       "GET /x?p=2 HTTP"},
      {"page",
       plan(R"("select":"/*","paginator":{"kind":"page","parameter":"page"})"),
       {ok(one), ok(two), ok("[]")},
       "GET /x?q=1&page=2 HTTP"},
      {"link in a list of links",
       plan(R"("select":"/d/*","paginator":{"kind":"next_link","pointer":"/links"})"),
       {ok(R"({"links":[{"rel":"self","href":"/x"},{"rel":"next","type":"text/html","href":"/h"},)"
           R"({"rel":"next","type":"application/json","href":"/x?p=2"}],"d":)" +
           one + "}"),
        ok(R"({"d":)" + two + R"(,"links":[]})")},
       "GET /x?p=2 HTTP"},
      {"number in a header",
       plan(R"("select":"/*","paginator":{"kind":"header","response_header":"X-Next-Page","parameter":"page"})"),
       {ok(one, "X-Next-Page: 2\r\n"), ok(two, "X-Next-Page: \r\n")},
       "GET /x?q=1&page=2 HTTP"},
      {"link in a header",
       plan(R"("select":"/*","paginator":{"kind":"header","response_header":"X-Next"})"),
       {ok(one, "X-Next: http://127.0.0.1:@P/x?p=2\r\n"), ok(two)},
       "GET /x?p=2 HTTP"},
      {"token in the body",
       plan(R"("select":"/d/*","paginator":{"kind":"continuation","pointer":"/t","parameter":"from"})"),
       {ok(R"({"t":"a b","d":)" + one + "}"), ok(R"({"d":)" + two + "}")},
       "GET /x?q=1&from=a%20b HTTP"},
      {"offset",
       plan(R"("select":"/*","paginator":{"kind":"offset","parameter":"o","size_parameter":"l","size":2})"),
       {ok(one), ok(two), ok("[]")},
       "GET /x?q=1&o=2&l=2 HTTP"},
      {"continuation",
       R"({"kind":"http","base":"http://127.0.0.1:@P","dialect":"dynamic-api@1","streams":[{"name":"s","path":"/x"}]})",
       {ok(one, "X-ResponseContinuation: t2\r\n"), ok(two, "X-ResponseContinuation: \r\n")},
       "X-RequestContinuation: t2\r\n"},
      {"bundle",
       R"({"kind":"http","base":"http://127.0.0.1:@P","dialect":"fhir@1","streams":[{"name":"s","path":"/x"}]})",
       {ok(R"({"resourceType":"Bundle","entry":[{"resource":{"a":1}},{"resource":{"a":2}}],"link":[{"relation":"next","url":"/y"}]})"),
        ok(R"({"resourceType":"Bundle","entry":[{"resource":{"a":3}}]})")},
       "GET /y HTTP"},
  };
  for (const Case& c : cases) {
    const Got got = run(c.manifest, c.answers);
    EXPECT_EQ(got.content, expected) << c.name << ": " << got.message;
    ASSERT_GE(got.heads.size(), 2U) << c.name;
    EXPECT_NE(got.heads[1].find(c.second), std::string::npos) << c.name << got.heads[1];
  }
}

TEST(HttpPlan, EveryCursorGoesOnWithoutLossOrDuplicate) {
  const std::string manifest = plan(R"("select":"/*","paginator":{"kind":"page","parameter":"page"})");
  const std::vector<std::string> pages = {ok(R"([{"a":1},{"a":2}])"), ok(R"([{"a":3}])"), ok("[]")};
  const Got whole = run(manifest, pages, {"", 1});
  ASSERT_EQ(whole.content, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n") << whole.message;
  const std::string rest[] = {"{\"a\":2}\n{\"a\":3}\n", "{\"a\":3}\n", ""};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<std::string> from(pages.begin() + (i == 0 ? 0 : static_cast<std::ptrdiff_t>(i)), pages.end());
    EXPECT_EQ(run(manifest, from, {whole.cursors[i], 1}).content, rest[i]) << whole.cursors[i];
  }
  EXPECT_EQ(run(manifest, pages, {R"({"v":1,"kind":"offset","at":"1","skip":0})"}).content, "SOURCE_FAILED");
}

TEST(HttpPlan, ErrorInsideASuccessIsAnError) {
  const Got got = run(plan(R"("error":{"pointer":"/error_code"})"), {ok(R"({"error_code":"E10426"})")});
  EXPECT_EQ(got.content, "SOURCE_FAILED");
  EXPECT_NE(got.message.find("E10426"), std::string::npos) << got.message;
}

TEST(HttpPlan, AbsentDataAreNoErrorWhereTheManifestSaysSo) {
  EXPECT_EQ(run(plan(R"("select":"/*","empty_status":[404])"), {answer("404 Not Found", "", "")}).content, "");
}

TEST(HttpPlan, BusySourceIsAskedAgain) {
  const Got got = run(plan(R"("select":"/*")"),
                      {answer("429 Slow", "Retry-After: 0\r\n", ""), answer("503 Busy", "", ""), ok(R"([{"a":1}])")});
  EXPECT_EQ(got.content, "{\"a\":1}\n") << got.message;
  EXPECT_EQ(got.heads.size(), 3U);
  const Got late = run(plan(R"("select":"/*")"), {answer("429 Slow", "Retry-After: 3600\r\n", ""), ok(R"([{"a":1}])")});
  EXPECT_EQ(late.content, "SOURCE_TIMEOUT");
  EXPECT_EQ(late.heads.size(), 1U);
}

TEST(HttpPlan, EachWayToSayWhoOneIsReachesTheSource) {
  struct Case {
    const char* name;
    const char* auth;
    const char* line;
  };
  const Case cases[] = {{"key in a header", R"("auth":{"kind":"api_key","header":"X-Key","key":{"secret":"farm"}},)",
                         "X-Key: CANARY\r\n"},
                        {"basic", R"("auth":{"kind":"basic","user":"u","password":{"secret":"farm"}},)",
                         "Authorization: Basic dTpDQU5BUlk=\r\n"}};
  for (const Case& c : cases) {
    const Got got = run(plan(R"("format":"ndjson")", c.auth),
                        {answer("200 OK", "Content-Type: application/x-ndjson\r\n", "{\"n\":1.50}\n")});
    EXPECT_EQ(got.content, "{\"n\":1.50}\n") << c.name << ": " << got.message;
    ASSERT_EQ(got.heads.size(), 1U) << c.name;
    EXPECT_NE(got.heads[0].find(c.line), std::string::npos) << c.name << "\n" << got.heads[0];
  }
}

TEST(HttpPlan, KeyInTheQueryStaysOutOfErrorsAndCursors) {
  const std::string auth = R"("auth":{"kind":"api_key","query":"key","key":{"secret":"farm"}},)";
  const Got got = run(plan(R"("select":"/*","paginator":{"kind":"next_link"})", auth),
                      {ok(R"([{"a":1}])", "Link: </x?key=CANARY&p=2>; rel=\"next\"\r\n"), ok(R"([{"a":2}])")});
  EXPECT_EQ(got.content, "{\"a\":1}\n{\"a\":2}\n") << got.message;
  EXPECT_NE(got.heads[1].find("GET /x?p=2&key=CANARY HTTP"), std::string::npos) << got.heads[1];
  for (const std::string& cursor : got.cursors) EXPECT_EQ(cursor.find("CANARY"), std::string::npos) << cursor;
  const Got failed = run(plan(R"("select":"/*")", auth), {answer("500 Oops", "", "")});
  EXPECT_EQ(failed.message.find("CANARY"), std::string::npos) << failed.message;
}

TEST(HttpPlan, CsvInShiftJisBecomesRecords) {
  const Got got = run(plan(R"("format":"csv")"), {answer("200 OK", "Content-Type: text/csv; charset=Shift_JIS\r\n",
                                                         "\x8d\xec\x95\xa8,n\r\n\"a,\"\"b\",1\r\n")});
  EXPECT_EQ(got.content, "{\"作物\":\"a,\\\"b\",\"n\":\"1\"}\n") << got.message;
}

TEST(HttpPlan, AnUnchangedDocumentIsNotHadAgain) {
  const std::string manifest = plan(R"("select":"/*")");
  const std::string page = ok(R"([{"a":1},{"a":2}])", "ETag: \"v1\"\r\n");
  const Got whole = run(manifest, {page});
  ASSERT_EQ(whole.cursors.size(), 1U) << whole.message;
  const Got same = run(manifest, {answer("304 Not Modified", "", "")}, {whole.cursors[0]});
  EXPECT_EQ(same.content, "") << same.message;
  ASSERT_EQ(same.cursors.size(), 1U);
  EXPECT_EQ(same.cursors[0], whole.cursors[0]);
  EXPECT_EQ(same.asked[0].field("If-None-Match"), "\"v1\"");
  EXPECT_EQ(run(manifest, {page}, {whole.cursors[0]}).content, "") << "the same tag, though not 304";
  const Got changed = run(manifest, {ok(R"([{"b":1}])", "ETag: \"v2\"\r\n")}, {whole.cursors[0]});
  EXPECT_EQ(changed.content, "{\"b\":1}\n") << changed.message;
  EXPECT_EQ(run(manifest, {answer("304 Not Modified", "", "")}).content, "SOURCE_FAILED") << "not asked for";
  const Got dated = run(manifest, {ok("[]", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n")});
  ASSERT_EQ(dated.cursors.size(), 1U);
  const Got since = run(manifest, {answer("304 Not Modified", "", "")}, {dated.cursors[0]});
  EXPECT_EQ(since.asked[0].field("If-Modified-Since"), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpPlan, NumbersAndTextLeaveAsTheSourceWroteThem) {
  const std::string record = R"({"a":1.50,"b":1E2,"c":-0.0,"d":0.1000000000000000055511151231257827,"e":"\u00e9\/ x"})";
  const Got got = run(plan(R"("select":"/*/r")"), {ok("[ {\"k\": [1,{}], \"r\" :\n " + record + "} ]")});
  EXPECT_EQ(got.content, record + "\n") << got.message;
}

TEST(HttpPlan, RetryAfterMayBeADate) {
  const Got got = run(
      plan(R"("select":"/*")"),
      {answer("503 Busy", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""),
       ok(R"([{"a":1}])")});
  EXPECT_EQ(got.content, "{\"a\":1}\n") << got.message;
  const Got late =
      run(plan(R"("select":"/*")"),
          {answer("503 Busy", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 09:49:37 GMT\r\n",
                  "")});
  EXPECT_EQ(late.content, "SOURCE_TIMEOUT") << "an hour by the server's own clock";
}

}  // namespace
}  // namespace sekisho::connectors
