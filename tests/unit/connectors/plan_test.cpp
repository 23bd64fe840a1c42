#include <gtest/gtest.h>

#include <fstream>

#include "base/async/sync_wait.hpp"
#include "base/http/client.hpp"
#include "connectors/builtin.hpp"
#include "connectors/http/page.hpp"
#include "tests/support/script_server.hpp"

namespace sekisho::connectors {
namespace {

using test::Script;
using test::ScriptServer;

struct Got {
  std::string content;  // or the error's code
  std::string message;
  std::vector<std::string> cursors;
  std::vector<std::string> heads;
};

struct Ask {
  std::string cursor;
  std::size_t records = 1000;
  std::chrono::milliseconds time{5000};
};

Context context_for(std::uint16_t port) {
  Context context;
  context.http = std::make_shared<http::Client>(http::ClientOptions{});
  context.egress = {"127.0.0.1:" + std::to_string(port)};
  context.secret = [](const std::string& name) -> Result<Secret> {
    if (name != "farm") return fail(Code::NotFound, "no secret " + name);
    return Secret::take(std::string("CANARY"));
  };
  return context;
}

std::string with_port(std::string text, std::uint16_t port) {
  for (std::size_t at = text.find("@P"); at != std::string::npos; at = text.find("@P"))
    text.replace(at, 2, std::to_string(port));
  return text;
}

std::vector<Script> scripts_of(const std::vector<std::string>& answers) {
  std::vector<Script> scripts;
  for (const std::string& answer : answers) {
    Script script;
    script.answers.push_back(answer);
    scripts.push_back(std::move(script));
  }
  return scripts;
}

async::Task<Got> pull(Connector& connector, Ask ask) {
  Got out;
  const async::Deadline deadline = async::Deadline::in(ask.time);
  OpenRequest request{"", ask.cursor};
  Result<std::unique_ptr<Reader>> reader = co_await connector.open(std::move(request), deadline);
  Result<Batch> batch = Batch();
  if (!reader) batch = fail(reader.error());
  while (batch && !batch->end) {
    const Credits credits{ask.records, 1U << 20, deadline};
    batch = co_await (*reader)->read(credits);
    if (!batch) break;
    out.content += batch->content;
    out.cursors.push_back(batch->cursor);
  }
  if (!batch) {
    out.content = batch.error().name();
    out.message = batch.error().chain();
  }
  co_return out;
}

// The n-th call gets the n-th answer. "@P" is the server's port, in the manifest and in the answers.
async::Task<Got> play_all(std::string manifest, std::vector<std::string> answers, Ask ask) {
  const async::Executor executor = co_await async::current_executor();
  const std::shared_ptr<ScriptServer> server = test::start_script(executor, scripts_of(answers));
  const Context context = context_for(server->port);
  const auto parsed = parse_source_manifest_text(with_port(std::move(manifest), server->port));
  Got out;
  if (parsed) {
    const auto connector = make_connector(*parsed, context).value();
    out = co_await pull(*connector, std::move(ask));
  } else {
    out.content = parsed.error().name();
    out.message = parsed.error().chain();
  }
  out.heads = server->heads;
  server->acceptor->close();
  co_return out;
}

Got run(std::string manifest, std::vector<std::string> answers, Ask ask = {}) {
  return async::sync_wait(play_all(std::move(manifest), std::move(answers), std::move(ask)));
}

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string ok(const std::string& body, const std::string& headers = "") {
  return answer("200 OK", "Content-Type: application/json\r\n" + headers, body);
}

std::string plan(const std::string& stream, const std::string& more = "") {
  return R"({"kind":"http","base":"http://127.0.0.1:@P",)" + more + R"("streams":[{"name":"s","path":"/x?q=1",)" +
         stream + "}]}";
}

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
  const std::vector<std::string> pages = {ok("[1,2]"), ok("[3]"), ok("[]")};
  const Got whole = run(manifest, pages, {"", 1});
  ASSERT_EQ(whole.content, "1\n2\n3\n") << whole.message;
  const std::string rest[] = {"2\n3\n", "3\n", ""};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<std::string> from(pages.begin() + (i == 0 ? 0 : static_cast<std::ptrdiff_t>(i)), pages.end());
    EXPECT_EQ(run(manifest, from, {whole.cursors[i], 1}).content, rest[i]) << whole.cursors[i];
  }
  EXPECT_EQ(run(manifest, pages, {R"({"v":1,"kind":"offset","at":"1","skip":0})"}).content, "SOURCE_FAILED");
}

TEST(HttpPlan, WhatIsNotTheDeclaredAnswerFails) {
  struct Case {
    const char* name;
    std::string answer;
  };
  const Case cases[] = {
      {"html with 200", answer("200 OK", "Content-Type: text/html\r\n", "<html>")},
      {"html called json", ok("<!doctype html>")},
      {"truncated json", ok("[1,2")},
      {"wrong length",
       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\nConnection: close\r\n\r\n[1]"},
      {"duplicate keys", ok(R"([{"a":1,"a":2}])")},
      {"deep nesting", ok(std::string(100'000, '['))},
      {"redirect", answer("302 Found", "Location: http://127.0.0.2/\r\n", "")},
      {"another host", ok("[1]", "Link: <http://127.0.0.2/x>; rel=\"next\"\r\n")},
      {"itself", ok("[1]", "Link: </x?q=1>; rel=\"next\"\r\n")},
      {"unknown charset", answer("200 OK", "Content-Type: application/json; charset=klingon\r\n", "[1]")},
      {"no array", ok("{}")},
      {"404", answer("404 Not Found", "", "")},
      {"500", answer("500 Oops", "", "")},
  };
  for (const Case& c : cases) {
    const Got got =
        run(plan(R"("select":"/*","paginator":{"kind":"next_link"})"), {c.answer, c.answer, c.answer, c.answer});
    EXPECT_EQ(got.content, "SOURCE_FAILED") << c.name << ": " << got.message;
  }
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
                      {answer("429 Slow", "Retry-After: 0\r\n", ""), answer("503 Busy", "", ""), ok("[1]")});
  EXPECT_EQ(got.content, "1\n") << got.message;
  EXPECT_EQ(got.heads.size(), 3U);
  const Got late = run(plan(R"("select":"/*")"), {answer("429 Slow", "Retry-After: 3600\r\n", ""), ok("[1]")});
  EXPECT_EQ(late.content, "SOURCE_TIMEOUT");
  EXPECT_EQ(late.heads.size(), 1U);
}

TEST(HttpPlan, TokenIsFetchedOnceAndRenewedAfterARefusal) {
  const std::string auth =
      R"("auth":{"kind":"oauth2_client_credentials","token_url":"http://127.0.0.1:@P/token","client_id":"c",)"
      R"("client_secret":{"secret":"farm"},"send":{"header":"X-Authorization","format":"{token}"}},)";
  const auto token = [](const std::string& t) { return ok(R"({"access_token":")" + t + R"(","expires_in":3600})"); };
  const Got got = run(plan(R"("select":"/*","paginator":{"kind":"page","parameter":"page"})", auth),
                      {token("T1"), ok("[1]"), answer("401 No", "", ""), token("T2"), ok("[2]"), ok("[]")});
  EXPECT_EQ(got.content, "1\n2\n") << got.message;
  ASSERT_EQ(got.heads.size(), 6U);
  EXPECT_TRUE(got.heads[0].starts_with("POST /token "));
  EXPECT_NE(got.heads[1].find("X-Authorization: T1\r\n"), std::string::npos);
  EXPECT_NE(got.heads[4].find("X-Authorization: T2\r\n"), std::string::npos);
  const Got refused = run(plan(R"("select":"/*")", auth), {answer("400 Bad", "", R"({"error":"CANARY"})")});
  EXPECT_EQ(refused.content, "SOURCE_FAILED");
  EXPECT_EQ(refused.message.find("CANARY"), std::string::npos) << refused.message;
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

TEST(HttpPlan, TheManifestOfTheGuideIsOne) {
  std::ifstream file(std::string(SEKISHO_SOURCE_DIR) + "/docs/writing-a-manifest.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t start = text.find("```json\n");
  ASSERT_NE(start, std::string::npos);
  const auto manifest = parse_source_manifest_text(text.substr(start + 8, text.find("```", start + 8) - start - 8));
  ASSERT_TRUE(manifest) << manifest.error().chain();
  ASSERT_TRUE(std::holds_alternative<HttpPlan>(*manifest));
  EXPECT_EQ(std::get<HttpPlan>(*manifest).streams.front().name, "harvests");
}

TEST(HttpPlan, KeyInTheQueryStaysOutOfErrorsAndCursors) {
  const std::string auth = R"("auth":{"kind":"api_key","query":"key","key":{"secret":"farm"}},)";
  const Got got = run(plan(R"("select":"/*","paginator":{"kind":"next_link"})", auth),
                      {ok("[1]", "Link: </x?key=CANARY&p=2>; rel=\"next\"\r\n"), ok("[2]")});
  EXPECT_EQ(got.content, "1\n2\n") << got.message;
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

TEST(HttpPlan, BadManifestIsRefusedWithThePointer) {
  struct Case {
    const char* pointer;
    std::string manifest;
  };
  const Case cases[] = {
      {"/streams/0/nonsense", plan(R"("nonsense":1)")},
      {"/streams/0/format", plan(R"("format":"xml")")},
      {"/streams/0/paginator/kind", plan(R"("paginator":{"kind":"magic"})")},
      {"/auth/client_secret",
       plan(
           R"("select":"/*")",
           R"("auth":{"kind":"oauth2_client_credentials","token_url":"https://t/","client_id":"c","client_secret":"open"},)")},
      {"/base", R"({"kind":"http","base":"http://farm.example","streams":[{"name":"s","path":"/"}]})"},
      {"/streams", R"({"kind":"http","base":"https://farm.example","streams":[]})"},
  };
  for (const Case& c : cases) {
    const auto parsed = parse_source_manifest_text(with_port(c.manifest, 80));
    ASSERT_FALSE(parsed) << c.pointer;
    ASSERT_FALSE(parsed.error().help.empty()) << c.pointer << parsed.error().chain();
    EXPECT_EQ(parsed.error().help[0].second, c.pointer);
  }
}

}  // namespace
}  // namespace sekisho::connectors
