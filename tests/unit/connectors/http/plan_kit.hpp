// Plays a manifest against a server of the test. "@P" is the server's port, in the manifest and in the answers.
#pragma once

#include <gtest/gtest.h>

#include "base/async/sync_wait.hpp"
#include "base/http/client.hpp"
#include "connectors/builtin.hpp"
#include "tests/support/handler_server.hpp"
#include "tests/support/manifest_schema.hpp"

namespace sekisho::connectors::kit {

struct Got {
  std::string content;  // or the error's code
  std::string message;
  std::vector<std::string> cursors;
  std::vector<std::string> heads;
  std::vector<test::Asked> asked;
  Health health;
};

struct Ask {
  std::string cursor = {};
  std::size_t records = 1000;
  std::chrono::milliseconds time{10'000};
  std::size_t bytes = 1U << 20;
  std::string key = "CANARY";  // the secret "farm"
};

inline Context context_for(std::uint16_t port, std::string key) {
  Context context;
  context.http = std::make_shared<http::Client>(http::ClientOptions{});
  context.egress = {"127.0.0.1:" + std::to_string(port)};
  context.secret = [key = std::move(key)](const std::string& name) -> Result<Secret> {
    if (name != "farm") return fail(Code::NotFound, "no secret " + name);
    return Secret::take(std::string(key));
  };
  return context;
}

inline std::string with_port(std::string text, std::uint16_t port) {
  for (std::size_t at = text.find("@P"); at != std::string::npos; at = text.find("@P"))
    text.replace(at, 2, std::to_string(port));
  return text;
}

// The length of the answer is that of what is sent.
inline std::string answer_with_port(const std::string& text, std::uint16_t port) {
  if (text.find("@P") == std::string::npos) return text;
  const std::size_t body = text.find("\r\n\r\n");
  const std::size_t length = text.find("Content-Length: ");
  const std::size_t end = text.find("\r\n", length);
  const std::string sent = with_port(text.substr(body + 4), port);
  std::string head = text.substr(0, length) + "Content-Length: " + std::to_string(sent.size());
  head += text.substr(end, body + 4 - end);
  return with_port(std::move(head), port) + sent;
}

inline async::Task<void> pull(Connector& connector, Ask ask, Got& out) {
  const async::Deadline deadline = async::Deadline::in(ask.time);
  OpenRequest request{"", ask.cursor, ""};
  Result<std::unique_ptr<Reader>> reader = co_await connector.open(std::move(request), deadline);
  Result<Batch> batch = Batch();
  if (!reader) batch = fail(reader.error());
  while (batch && !batch->end) {
    const Credits credits{ask.records, ask.bytes, deadline};
    batch = co_await (*reader)->read(credits);
    if (!batch) break;
    out.content += batch->content;
    out.cursors.push_back(batch->cursor);
  }
  if (!batch) {
    out.content = batch.error().name();
    out.message = batch.error().chain();
  }
  out.health = connector.health();
}

inline async::Task<Got> play_all(std::string manifest, test::Answering answer, Ask ask) {
  const async::Executor executor = co_await async::current_executor();
  const std::shared_ptr<test::HandlerServer> server = test::start_handler(executor, nullptr);
  const std::uint16_t port = server->port;
  server->answer = [answer = std::move(answer), port](const test::Asked& asked) {
    return answer_with_port(answer(asked), port);
  };
  const Context context = context_for(port, ask.key);
  const std::string text = with_port(std::move(manifest), port);
  const auto parsed = parse_source_manifest_text(text);
  test::expect_schema_verdict(text, parsed.has_value());
  Got out;
  if (parsed) {
    const auto connector = make_connector(*parsed, context).value();
    co_await pull(*connector, std::move(ask), out);
  } else {
    out.content = parsed.error().name();
    out.message = parsed.error().chain();
  }
  out.asked = server->asked;
  for (const test::Asked& asked : server->asked) out.heads.push_back(asked.head);
  server->acceptor->close();
  server->held.clear();
  co_return out;
}

inline Got play(std::string manifest, test::Answering answer, Ask ask = {}) {
  return async::sync_wait(play_all(std::move(manifest), std::move(answer), std::move(ask)));
}

// The n-th call gets the n-th answer; calls beyond them are left without one.
inline Got run(std::string manifest, std::vector<std::string> answers, Ask ask = {}) {
  const auto nth = [answers = std::move(answers)](const test::Asked& asked) {
    return asked.number < answers.size() ? answers[asked.number] : std::string();
  };
  return play(std::move(manifest), nth, std::move(ask));
}

inline std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string ok(const std::string& body, const std::string& headers = "") {
  return answer("200 OK", "Content-Type: application/json\r\n" + headers, body);
}

// One stream "s" at /x?q=1; more: members of the source, each with a comma behind.
inline std::string plan(const std::string& stream, const std::string& more = "") {
  return R"({"kind":"http","base":"http://127.0.0.1:@P",)" + more + R"("streams":[{"name":"s","path":"/x?q=1",)" +
         stream + "}]}";
}

}  // namespace sekisho::connectors::kit
