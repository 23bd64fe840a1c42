#include <gtest/gtest.h>

#include "base/async/sync_wait.hpp"
#include "base/http/client.hpp"
#include "connectors/builtin.hpp"
#include "tests/support/script_server.hpp"

namespace sekisho::connectors {
namespace {

using test::Script;
using test::ScriptServer;

struct Fetched {
  std::string content;  // or the error's code
  std::string message;
  std::vector<std::string> heads;
};

struct Wish {
  std::vector<HttpHeader> headers;
  std::size_t records = 1000;
  std::size_t bytes = 1U << 20;
};

async::Task<Fetched> fetch(std::string answer, Script::End end, Wish wish) {
  Fetched out;
  const async::Executor executor = co_await async::current_executor();
  Script script;
  script.answers.push_back(std::move(answer));
  script.end = end;
  const std::shared_ptr<ScriptServer> server = test::start_script(executor, {std::move(script)});
  Context context;
  context.http = std::make_shared<http::Client>(http::ClientOptions{});
  context.egress = {"127.0.0.1:" + std::to_string(server->port)};
  context.secret = [](const std::string& name) -> Result<Secret> {
    if (name != "farm") return fail(Code::NotFound, "no secret " + name);
    return Secret::take(std::string("s3cret"));
  };
  HttpSource source;
  source.url = "http://127.0.0.1:" + std::to_string(server->port) + "/v1/events?lot=7";
  source.headers = wish.headers;
  source.timeout = std::chrono::milliseconds(2000);
  std::unique_ptr<Connector> connector = make_connector(source, context).value();
  Result<std::unique_ptr<Reader>> reader = co_await connector->open(async::Deadline::in(std::chrono::seconds(5)));
  bool more = reader.has_value();
  if (!reader) {
    out.content = reader.error().name();
    out.message = reader.error().chain();
  }
  while (more) {
    const Credits credits{wish.records, wish.bytes, async::Deadline::in(std::chrono::seconds(5))};
    Result<Batch> batch = co_await (*reader)->read(credits);
    if (batch) {
      out.content += batch->content;
      more = !batch->end;
    } else {
      out.content = batch.error().name();
      out.message = batch.error().chain();
      more = false;
    }
  }
  out.heads = server->heads;
  server->acceptor->close();
  server->held.clear();
  co_return out;
}

Fetched run(std::string answer, Script::End end = Script::End::Orderly, Wish wish = {}) {
  return async::sync_wait(fetch(std::move(answer), end, std::move(wish)));
}

std::string ok(const std::string& body, const std::string& media = "application/x-ndjson") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + media + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST(HttpSource, LinesOfTheAnswerAreRecords) {
  const Fetched got = run(ok("{\"a\":1}\n\n{\"a\":2}"));
  EXPECT_EQ(got.content, "{\"a\":1}\n{\"a\":2}\n") << got.message;
  ASSERT_EQ(got.heads.size(), 1U);
  EXPECT_TRUE(got.heads[0].starts_with("GET /v1/events?lot=7 HTTP/1.1\r\n")) << got.heads[0];
}

TEST(HttpSource, SmallCreditsGiveTheSameContent) {
  EXPECT_EQ(run(ok("{}\n{ }\n{  }\n"), Script::End::Orderly, {{}, 1, 5}).content, "{}\n{ }\n{  }\n");
  EXPECT_EQ(run(ok("{}\n{ }\n{  }\n"), Script::End::Orderly, {{}, 1, 4}).content, "ANSWER_TOO_LARGE");
}

TEST(HttpSource, MediaTypeMayCarryParameters) {
  EXPECT_EQ(run(ok("{}\n", "Application/X-NDJSON ; charset=utf-8")).content, "{}\n");
}

TEST(HttpSource, WhatIsNotTheDeclaredAnswerFails) {
  struct Case {
    const char* name;
    std::string answer;
    Script::End end = Script::End::Orderly;
  };
  const Case cases[] = {
      {"status 404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
      {"status 204", "HTTP/1.1 204 No Content\r\n\r\n"},
      {"redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"},
      {"other media", ok("<html>", "text/html")},
      {"no media", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1\n"},
      {"content coding", "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"
                         "Content-Length: 2\r\n\r\n1\n"},
      {"shorter than it says", "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 50\r\n\r\n1\n"},
      {"cut off", "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 50\r\n\r\n1\n",
       Script::End::Abrupt},
      {"no HTTP", "SSH-2.0-x\r\n\r\n"},
      {"not UTF-8", ok("\xff\n")},
      {"not JSON", ok("{}\n{\n")},
      {"no object", ok("1\n")},
      {"a name twice", ok(R"({"a":1,"a":2})")},
  };
  for (const Case& c : cases) {
    const Fetched got = run(c.answer, c.end);
    EXPECT_EQ(got.content, "SOURCE_FAILED") << c.name << ": " << got.message;
    EXPECT_EQ(got.heads.size(), 1U) << c.name << ": nothing is followed or repeated";
  }
}

TEST(HttpSource, SilentSourceTimesOut) {
  EXPECT_EQ(run("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 50\r\n\r\n1\n",
                Script::End::Hold).content,
            "SOURCE_TIMEOUT");
}

TEST(HttpSource, SecretGoesIntoItsHeaderAndNowhereElse) {
  const Fetched got = run("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", Script::End::Orderly,
                          {{{"Authorization", "Bearer ", "farm"}}, 1, 100});
  ASSERT_EQ(got.heads.size(), 1U);
  EXPECT_NE(got.heads[0].find("Authorization: Bearer s3cret\r\n"), std::string::npos);
  EXPECT_EQ(got.message.find("s3cret"), std::string::npos);
  const Fetched missing = run(ok("1\n"), Script::End::Orderly, {{{"Authorization", "", "other"}}, 1, 100});
  EXPECT_EQ(missing.content, "SOURCE_FAILED");
  EXPECT_TRUE(missing.heads.empty());
}

}  // namespace
}  // namespace sekisho::connectors
