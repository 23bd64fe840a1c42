// The front door over a real loopback socket, plain so that the octets are the test's own.
#include "node/server/listener.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "node/server/body_room.hpp"
#include "tests/support/raw_client.hpp"

namespace sekisho::node {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using test::status_of;
using test::TestServer;

async::Task<http::Response> echo(http::Request request) {
  co_return http::text_response(200, request.method + " " + request.path + " " + request.body);
}
async::Task<Status> many_chunks(http::BodySink& sink) {
  const std::string chunk(100'000, 'x');
  for (int i = 0; i < 1000; ++i) {
    auto written = co_await sink.write(chunk);
    if (!written) co_return written;
  }
  co_return Status();
}
async::Task<http::Response> stream_much(http::Request) {
  http::Response response;
  response.stream = many_chunks;
  co_return response;
}

std::vector<Route> routes() {
  return {{"GET", "/a", Access::open("test"), 0, "", echo},
          {"POST", "/small", Access::open("test"), 10, "", echo},
          {"POST", "/large", Access::open("test"), 100'000, "", echo},
          {"GET", "/participant", Access::participant(), 0, "", echo},
          {"POST", "/participant", Access::participant(), 1000, "", echo},
          {"GET", "/operator", Access::operator_socket(), 0, "", echo},
          {"GET", "/much", Access::open("test"), 0, "", stream_much}};
}

ListenerOptions quick() {
  ListenerOptions options;
  options.limits.tick = 5ms;
  return options;
}

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

TEST(Listener, ServesManyRequestsOfOneConnectionInOrder) {
  TestServer server(routes(), quick());
  RawClient client(server.listener->port());
  // All at once: pipelined octets wait for their turn.
  ASSERT_TRUE(client.send(get("/a") + post("/small", "one") + get("/a") + post("/large", std::string(50'000, 'y')) +
                          get("/none")));
  EXPECT_TRUE(client.answer().ends_with("GET /a "));
  EXPECT_TRUE(client.answer().ends_with("POST /small one"));
  EXPECT_TRUE(client.answer().ends_with("GET /a "));
  EXPECT_TRUE(client.answer().ends_with("POST /large " + std::string(50'000, 'y')));
  const auto missing = client.answer();
  EXPECT_EQ(status_of(missing), 404);
  ASSERT_TRUE(client.send(get("/a")));
  EXPECT_EQ(status_of(client.answer()), 200) << "a refusal that left nothing unread keeps the connection";
  EXPECT_EQ(server.listener->counters().requests, 6U);
}

struct Case {
  const char* name;
  std::string octets;
  int status;
  const char* code;
};

TEST(Listener, RefusesAndCloses) {
  TestServer server(routes(), quick());
  const std::string post_head = "POST /small HTTP/1.1\r\nHost: a\r\n";
  // A request smuggled behind each must not be answered.
  const std::string smuggled = get("/a");
  const std::vector<Case> cases{
      {"both lengths", post_head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "FRAMING"},
      {"gzip", post_head + "Transfer-Encoding: gzip\r\n\r\n", 501, "TRANSFER_CODING"},
      {"equal lengths", post_head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, "FRAMING"},
      {"no length", post_head + "\r\n", 411, "LENGTH_REQUIRED"},
      {"folded", "GET /a HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400, "FRAMING"},
      {"bare line feed", "GET /a HTTP/1.1\nHost: a\n\n", 400, "FRAMING"},
      {"header bomb", "GET /a HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431,
       "HEADER_TOO_LARGE"},
      {"dot segments", get("/b/../a"), 400, "URI_SYNTAX"},
      {"length over the route's limit", post("/small", "01234567890"), 413, "BODY_TOO_LARGE"},
      {"a body where none may come", "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 413, "BODY_TOO_LARGE"},
      {"chunked over the route's limit", post_head + "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
       413, "BODY_TOO_LARGE"},
      {"trailers", post_head + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", 400, "FRAMING"},
      {"body to a path that does not exist", post("/none", "x"), 404, "NOT_FOUND"},
      {"body to another method", "PUT /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 405,
       "METHOD_NOT_ALLOWED"},
      {"no certificate", get("/participant"), 401, "UNAUTHENTICATED"},
      {"no certificate, and the body is not read", post("/participant", "x"), 401, "UNAUTHENTICATED"},
  };
  for (const auto& c : cases) {
    RawClient client(server.listener->port());
    client.send(c.octets + smuggled);
    const std::string all = client.rest();
    EXPECT_FALSE(client.reset()) << c.name << ": the answer must not be lost to a reset";
    EXPECT_EQ(status_of(all), c.status) << c.name << "\n" << all;
    EXPECT_NE(all.find("\"code\":\"" + std::string(c.code) + "\""), std::string::npos) << c.name << "\n" << all;
    EXPECT_NE(all.find("Sekisho-Correlation-Id: "), std::string::npos) << c.name;
    EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos) << c.name;
    EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << c.name << ": more than one answer\n" << all;
  }
}

TEST(Listener, MethodsThatAreNotServedNameThoseThatAre) {
  TestServer server(routes(), quick());
  RawClient client(server.listener->port());
  for (const char* method : {"OPTIONS", "DELETE", "BREW"}) {
    client.send(std::string(method) + " /a HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.answer();
    EXPECT_EQ(status_of(answer), 405) << method;
    EXPECT_NE(answer.find("Allow: GET\r\n"), std::string::npos) << method;
  }
  // The answer to HEAD never has a body: its octets would be read as the next answer.
  client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto both = client.rest();
  EXPECT_EQ(status_of(both), 405);
  const auto second = both.find("\r\n\r\n") + 4;
  EXPECT_EQ(status_of(std::string_view(both).substr(second)), 200) << both;
}

TEST(Listener, ABodyTenTimesTheLimitStillGetsItsAnswer) {
  TestServer server(routes(), quick());
  RawClient client(server.listener->port());
  client.send(post("/large", std::string(900'000, 'z')));
  EXPECT_EQ(status_of(client.rest()), 413);
  EXPECT_FALSE(client.reset());
}

TEST(Listener, ARefusedBodyOfMegabytesIsReadSoThatItsSenderGetsTheAnswer) {
  TestServer server(routes(), quick());
  for (int n = 0; n < 10; ++n) {
    RawClient client(server.listener->port());
    // Through a client that writes everything before it reads anything.
    EXPECT_TRUE(client.send(post("/small", std::string(7U << 20, 'x'))));
    EXPECT_EQ(status_of(client.rest()), 413);
    EXPECT_FALSE(client.reset());
  }
}

TEST(Listener, ABodyWithoutRoomIsRefusedUnread) {
  ListenerOptions options = quick();
  options.limits.bodies = 5;
  TestServer server(routes(), options);
  for (const char* head : {"Content-Length: 6\r\n", "Transfer-Encoding: chunked\r\n"}) {
    RawClient client(server.listener->port());
    client.send("POST /small HTTP/1.1\r\nHost: a\r\n" + std::string(head) + "\r\n");
    const std::string answer = client.answer();
    EXPECT_EQ(status_of(answer), 503) << head << answer;
    EXPECT_NE(answer.find("Retry-After: 1"), std::string::npos) << answer;
  }
  RawClient client(server.listener->port());
  for (int n = 0; n < 3; ++n) {
    client.send(post("/small", "12345"));
    EXPECT_EQ(status_of(client.answer()), 200);
  }
}

TEST(BodyRoom, TakesAndGivesBack) {
  BodyRoom room;
  {
    const auto first = room.take(6, 10);
    ASSERT_TRUE(first);
    EXPECT_FALSE(room.take(5, 10));
    const auto second = room.take(4, 10);
    EXPECT_TRUE(second);
    EXPECT_FALSE(room.take(1, 10));
    EXPECT_TRUE(room.take(0, 10));
  }
  EXPECT_TRUE(room.take(10, 10));
}

TEST(Listener, SlowClientsAreClosed) {
  ListenerOptions options = quick();
  options.limits.header = 30ms;
  options.limits.body = 30ms;
  options.limits.idle = 30ms;
  TestServer server(routes(), options);
  for (const std::string& beginning :
       {std::string(), std::string("G"), std::string("GET /a HTTP/1.1\r\nHost: a\r\nX: "),
        std::string("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe"), get("/a")}) {
    RawClient client(server.listener->port());
    client.send(beginning);
    client.rest();  // ends because the server ends it
  }
  EXPECT_EQ(server.listener->counters().timed_out, 5U);
}

TEST(Listener, AClientThatDoesNotReadIsClosed) {
  ListenerOptions options = quick();
  options.limits.write = 50ms;
  TestServer server(routes(), options);
  RawClient client(server.listener->port());
  client.send(get("/much"));  // 100 MB against a socket buffer
  while (server.listener->counters().timed_out == 0) std::this_thread::yield();
  EXPECT_EQ(server.listener->counters().timed_out, 1U);
}

TEST(Listener, LimitsConnectionsPerPeerAndInAll) {
  for (const bool per_peer : {true, false}) {
    ListenerOptions options = quick();
    (per_peer ? options.limits.connections_per_peer : options.limits.connections) = 2;
    TestServer server(routes(), options);
    RawClient one(server.listener->port());
    one.send(get("/a"));
    EXPECT_EQ(status_of(one.answer()), 200);
    {
      RawClient two(server.listener->port());
      two.send(get("/a"));
      EXPECT_EQ(status_of(two.answer()), 200);
      RawClient three(server.listener->port());
      three.send(get("/a"));
      EXPECT_EQ(three.rest(), "");
      EXPECT_EQ(server.listener->counters().refused_over_limit, 1U);
    }
    while (server.listener->counters().open > 1) std::this_thread::yield();
    RawClient four(server.listener->port());
    four.send(get("/a"));
    EXPECT_EQ(status_of(four.answer()), 200);
  }
}

TEST(Listener, Http10AndCloseAreHonoured) {
  TestServer server(routes(), quick());
  RawClient old(server.listener->port());
  old.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(status_of(old.rest()), 200);
  RawClient closing(server.listener->port());
  closing.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto all = closing.rest();
  EXPECT_EQ(status_of(all), 200);
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
}

TEST(Listener, AHalfClosedClientGetsItsAnswer) {
  TestServer server(routes(), quick());
  RawClient client(server.listener->port());
  client.send(post("/small", "x"));
  client.half_close();
  EXPECT_TRUE(client.rest().ends_with("POST /small x"));
}

TEST(Listener, TheOperatorsSocket) {
  const auto path =
      (std::filesystem::temp_directory_path() / ("sekisho-listener-" + std::to_string(::getpid()))).string();
  ListenerOptions options = quick();
  options.unix_path = path;
  {
    TestServer server(routes(), options);
    RawClient client(path);
    ASSERT_TRUE(client.connected());
    client.send(get("/operator"));
    EXPECT_EQ(status_of(client.answer()), 200);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  TestServer over_tcp(routes(), quick());
  RawClient stranger(over_tcp.listener->port());
  stranger.send(get("/operator"));
  EXPECT_EQ(status_of(stranger.answer()), 403);
}

// With one descriptor left for the client, accepting fails; the listener waits, and serves when there are some again.
TEST(Listener, WaitsWhenTheProcessIsOutOfDescriptors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's vptr check opens a pipe to probe memory, which fails without descriptors";
#endif
  TestServer server(routes(), quick());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = ::dup(0);
  ASSERT_GE(next, 0);
  ::close(next);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawClient client(server.listener->port());
  const bool connected = client.connected();
  while (connected && server.listener->counters().exhausted == 0) std::this_thread::yield();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(connected);
  client.send(get("/a"));
  EXPECT_EQ(status_of(client.answer()), 200);
}

TEST(Listener, APortInUseIsAnError) {
  TestServer server(routes(), quick());
  ListenerOptions options = quick();
  options.address = "127.0.0.1";
  options.port = server.listener->port();
  auto second = Listener::start(server.pool, options, server.pipeline);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::PortInUse);
}

}  // namespace
}  // namespace sekisho::node
