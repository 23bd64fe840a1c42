// The server's end of a connection against raw octets.
#include "base/http/server_connection.hpp"

#include "tests/support/co_test.hpp"
#include "tests/support/scripted_stream.hpp"

namespace sekisho::http {
namespace {

using test::ScriptedStream;

struct Wire {
  std::shared_ptr<std::string> written = std::make_shared<std::string>();
  std::unique_ptr<ServerConnection> connection;
  explicit Wire(std::string_view text, std::size_t n = 4096, bool truncated = false) {
    auto stream = std::make_unique<ScriptedStream>(ScriptedStream::cut(text, n), written);
    stream->truncated = truncated;
    connection = std::make_unique<ServerConnection>(std::move(stream), HeadLimits{});
  }
};

const std::string kPost = "POST /a HTTP/1.1\r\nHost: a\r\n";

CO_TEST(ServerConnection, PipelinedRequestsComeOneAfterTheOther) {
  const std::string text = kPost + "Content-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: a\r\n\r\n" + kPost +
                           "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /d HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::size_t n : {std::size_t{1}, std::size_t{7}, text.size()}) {
    Wire wire(text, n);
    std::vector<std::string> seen;
    while (true) {
      auto more = co_await wire.connection->wait();
      CO_ASSERT(more.has_value());
      if (!*more) break;
      auto head = co_await wire.connection->read_head();
      CO_ASSERT(head.has_value());
      std::string body;
      auto read = co_await wire.connection->read_body(*head, 100, body);
      CO_ASSERT(read.has_value());
      seen.push_back(head->target + ":" + body);
    }
    const std::vector<std::string> expected{"/a:hello", "/b:", "/a:abc", "/d:"};
    EXPECT_EQ(seen, expected);
  }
}

CO_TEST(ServerConnection, AKnownLengthOverTheLimitIsRefusedBeforeAnOctetIsRead) {
  Wire wire(kPost + "Content-Length: 101\r\n\r\n");
  auto head = co_await wire.connection->read_head();
  CO_ASSERT(head.has_value());
  std::string body;
  auto read = co_await wire.connection->read_body(*head, 100, body);
  CO_ASSERT(!read.has_value());
  EXPECT_EQ(read.error().code, Code::BodyTooLarge);
  EXPECT_EQ(read.error().help.front(), (std::pair<std::string, std::string>{"limit_bytes", "100"}));
}

CO_TEST(ServerConnection, AChunkedBodyOverTheLimitIsRefused) {
  Wire wire(kPost + "Transfer-Encoding: chunked\r\n\r\n32\r\n" + std::string(50, 'x') + "\r\n33\r\n" +
            std::string(51, 'x') + "\r\n0\r\n\r\n");
  auto head = co_await wire.connection->read_head();
  CO_ASSERT(head.has_value());
  std::string body;
  auto read = co_await wire.connection->read_body(*head, 100, body);
  CO_ASSERT(!read.has_value());
  EXPECT_EQ(read.error().code, Code::BodyTooLarge);
  EXPECT_TRUE(answerable(read.error()));
}

CO_TEST(ServerConnection, ABodyThatEndsEarlyIsTruncatedAndNotAnswered) {
  for (const char* fields : {"Content-Length: 50\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    for (const bool cut : {false, true}) {
      Wire wire(kPost + fields, 4096, cut);
      auto head = co_await wire.connection->read_head();
      CO_ASSERT(head.has_value());
      std::string body;
      auto read = co_await wire.connection->read_body(*head, 100, body);
      CO_ASSERT(!read.has_value());
      EXPECT_EQ(read.error().code, Code::Truncated);
      EXPECT_FALSE(answerable(read.error()));
    }
  }
}

CO_TEST(ServerConnection, AHeadThatEndsEarlyIsTruncated) {
  Wire wire("GET / HTTP/1.1\r\nHost: a\r\n");
  auto head = co_await wire.connection->read_head();
  CO_ASSERT(!head.has_value());
  EXPECT_EQ(head.error().code, Code::Truncated);
}

CO_TEST(ServerConnection, ContinueIsSaidOnlyWhenTheBodyIsWanted) {
  const std::string text = kPost + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  Wire wanted(text + "hello", text.size());
  auto head = co_await wanted.connection->read_head();
  CO_ASSERT(head.has_value());
  std::string body;
  auto read = co_await wanted.connection->read_body(*head, 100, body);
  EXPECT_TRUE(read.has_value());
  EXPECT_EQ(*wanted.written, "HTTP/1.1 100 Continue\r\n\r\n");
  Wire unwanted(text, text.size());
  auto second = co_await unwanted.connection->read_head();
  CO_ASSERT(second.has_value());
  auto refused = co_await unwanted.connection->read_body(*second, 4, body);
  EXPECT_FALSE(refused.has_value());
  EXPECT_EQ(*unwanted.written, "");
}

CO_TEST(ServerConnection, WritesHeadAndBodyAndCallsAfter) {
  Wire wire("");
  Response response = json_response(200, "{}");
  response.headers.add("Content-Length", "999");  // the server's own business
  response.headers.add("Transfer-Encoding", "gzip");
  int called = 0;
  response.after = [&](bool sent) { called += sent ? 1 : 100; };
  auto sent = co_await wire.connection->write(response, true, 1);
  EXPECT_TRUE(sent.has_value());
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(wire.written->starts_with("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_TRUE(wire.written->ends_with("\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
      << *wire.written;
}

CO_TEST(ServerConnection, AFieldThatWouldSplitTheAnswerIsNotSent) {
  Wire wire("");
  Response response = text_response(200, "secret");
  response.headers.add("X", "a\r\nSet-Cookie: b");
  auto sent = co_await wire.connection->write(response, true, 1);
  EXPECT_TRUE(sent.has_value());
  EXPECT_TRUE(wire.written->starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(wire.written->find("Set-Cookie"), std::string::npos);
  EXPECT_EQ(wire.written->find("secret"), std::string::npos);
}

CO_TEST(ServerConnection, KnowsWhetherSomethingIsUnread) {
  Wire wire("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + kPost + "Content-Length: 2\r\n\r\nab");
  EXPECT_TRUE(wire.connection->at_rest());
  auto first = co_await wire.connection->read_head();
  CO_ASSERT(first.has_value());
  EXPECT_FALSE(wire.connection->at_rest()) << "the next request waits";
  auto second = co_await wire.connection->read_head();
  CO_ASSERT(second.has_value());
  std::string body;
  auto read = co_await wire.connection->read_body(*second, 10, body);
  EXPECT_TRUE(read.has_value());
  EXPECT_TRUE(wire.connection->at_rest());
}

async::Task<Status> three_chunks(BodySink& sink) {
  for (const char* chunk : {"one", "", "twelve octets"}) {
    auto written = co_await sink.write(chunk);
    if (!written) co_return written;
  }
  co_return Status();
}

async::Task<Status> failing_chunks(BodySink& sink) {
  auto written = co_await sink.write("one");
  if (!written) co_return written;
  co_return fail(Code::SourceFailed, "the source is gone");
}

CO_TEST(ServerConnection, StreamsChunks) {
  Wire wire("");
  Response response;
  response.stream = three_chunks;
  int chunks = 0;
  wire.connection->on_chunk = [&] { ++chunks; };
  auto sent = co_await wire.connection->write(response, true, 1);
  EXPECT_TRUE(sent.has_value());
  EXPECT_EQ(chunks, 2);
  EXPECT_TRUE(wire.written->ends_with("Transfer-Encoding: chunked\r\n\r\n3\r\none\r\nd\r\ntwelve octets\r\n0\r\n\r\n"))
      << *wire.written;
}

CO_TEST(ServerConnection, AFailedStreamHasNoLastChunk) {
  Wire wire("");
  Response response;
  response.stream = failing_chunks;
  bool sent_all = true;
  response.after = [&](bool sent) { sent_all = sent; };
  auto sent = co_await wire.connection->write(response, true, 1);
  EXPECT_FALSE(sent.has_value());
  EXPECT_FALSE(sent_all);
  EXPECT_TRUE(wire.written->ends_with("3\r\none\r\n"));
}

CO_TEST(ServerConnection, StreamsToHttp10UntilTheEndOfTheConnection) {
  Wire wire("");
  Response response;
  response.stream = three_chunks;
  auto sent = co_await wire.connection->write(response, true, 0);
  EXPECT_TRUE(sent.has_value());
  EXPECT_TRUE(wire.written->ends_with("Connection: close\r\n\r\nonetwelve octets")) << *wire.written;
}

}  // namespace
}  // namespace sekisho::http
