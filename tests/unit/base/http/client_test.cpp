#include "base/http/client.hpp"

#include <array>

#include "tests/support/co_test.hpp"
#include "tests/support/script_server.hpp"

namespace sekisho::http {
namespace {

using namespace std::chrono_literals;
using test::Script;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

ClientRequest get(std::uint16_t port) {
  ClientRequest request;
  request.host = "localhost";
  request.address = "127.0.0.1";
  request.port = port;
  request.tls = false;
  request.deadline = async::Deadline::in(10s);
  return request;
}

CO_TEST(Client, SendsAndKeepsTheConnection) {
  auto executor = co_await async::current_executor();
  auto server = test::start_script(executor, {{{kOk, kOk}}});
  Client client{ClientOptions{}};
  ClientRequest post = get(server->port);
  post.method = "POST";
  post.target = "/a?b";
  post.body = "{}";
  post.headers.add("Content-Type", "application/json");
  for (int i = 0; i < 2; ++i) {
    auto answer = co_await client.send(post);
    CO_ASSERT(answer.has_value());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "ok");
  }
  EXPECT_EQ(server->connections, 1U);
  EXPECT_EQ(server->heads.at(0), "POST /a?b HTTP/1.1\r\nHost: localhost:" + std::to_string(server->port) +
                                     "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n");
}

struct Answer {
  const char* name;
  std::string octets;
  int status;
  std::string body;
};

CO_TEST(Client, ReadsEveryFraming) {
  auto executor = co_await async::current_executor();
  const std::vector<Answer> answers{
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n", 200, "abc"},
      {"chunked of nothing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, ""},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"not modified with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304, ""},
      {"informational first", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + kOk, 200,
       "ok"},
      {"an error is an answer", "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", 500, ""},
  };
  for (const auto& c : answers) {
    auto server = test::start_script(executor, {{{c.octets}}});
    Client client{ClientOptions{}};
    auto answer = co_await client.send(get(server->port));
    EXPECT_TRUE(answer.has_value()) << c.name;
    if (!answer) continue;
    EXPECT_EQ(answer->status, c.status) << c.name;
    EXPECT_EQ(answer->body, c.body) << c.name;
  }
}

struct Bad {
  const char* name;
  std::string octets;
  Code code;
  Script::End end = Script::End::Orderly;
};

CO_TEST(Client, RefusesWhatItCannotTrust) {
  auto executor = co_await async::current_executor();
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<Bad> cases{
      {"nothing", "", Code::Truncated},
      {"half a head", "HTTP/1.1 200", Code::Truncated},
      {"short body", ok + "Content-Length: 5\r\n\r\nab", Code::Truncated},
      {"short body, abrupt", ok + "Content-Length: 5\r\n\r\nab", Code::Truncated, Script::End::Abrupt},
      {"chunked without its end", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", Code::Truncated},
      {"until close without TLS", ok + "\r\nab", Code::Framing},
      {"both lengths", ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Code::Framing},
      {"two lengths", ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", Code::Framing},
      {"gzip coding", ok + "Transfer-Encoding: gzip\r\n\r\n", Code::TransferCoding},
      {"folded", ok + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n", Code::Framing},
      {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", Code::Framing},
      {"trailers", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", Code::Framing},
      {"switches protocols", "HTTP/1.1 101 Switching\r\n\r\n", Code::Framing},
      {"body over the limit", ok + "Content-Length: 101\r\n\r\n", Code::LimitExceeded},
      {"chunked over the limit", ok + "Transfer-Encoding: chunked\r\n\r\n65\r\n", Code::LimitExceeded},
      {"head over the limit", ok + "X: " + std::string(20'000, 'x') + "\r\n\r\n", Code::HeaderTooLarge},
      {"not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", Code::Framing},
  };
  for (const auto& c : cases) {
    auto server = test::start_script(executor, {{{c.octets}, c.end}});
    Client client{ClientOptions{}};
    ClientRequest request = get(server->port);
    request.limits.body_bytes = 100;
    auto answer = co_await client.send(request);
    EXPECT_FALSE(answer.has_value()) << c.name;
    if (!answer) {
      EXPECT_EQ(answer.error().code, c.code) << c.name << ": " << answer.error().chain();
    }
  }
}

CO_TEST(Client, AnEndlessRowOfInformationalAnswersEnds) {
  auto executor = co_await async::current_executor();
  std::string many;
  for (int i = 0; i < 20; ++i) many += "HTTP/1.1 103 X\r\n\r\n";
  auto server = test::start_script(executor, {{{many + kOk}}});
  Client client{ClientOptions{}};
  auto answer = co_await client.send(get(server->port));
  CO_ASSERT(!answer.has_value());
  EXPECT_EQ(answer.error().code, Code::Framing);
}

CO_TEST(Client, AKeptConnectionThatTheServerClosedIsNotUsed) {
  auto executor = co_await async::current_executor();
  auto server = test::start_script(executor, {{{kOk}}, {{kOk}}});
  Client client{ClientOptions{}};
  ClientRequest post = get(server->port);
  post.method = "POST";  // never repeated, so a stale connection would show as a failure
  auto first = co_await client.send(post);
  CO_ASSERT(first.has_value());
  // The server's FIN is on its way; a read of the loopback tells when it is there.
  while (server->connections < 2) {
    auto second = co_await client.send(post);
    if (second) break;
  }
  EXPECT_EQ(server->connections, 2U);
}

CO_TEST(Client, RepeatsOnceWhenAKeptConnectionDiesUnderAnIdempotentRequest) {
  auto executor = co_await async::current_executor();
  // The second request on the first connection is read and answered with silence.
  for (const bool idempotent : {true, false}) {
    auto server = test::start_script(executor, {{{kOk, ""}}, {{kOk}}});
    Client client{ClientOptions{}};
    ClientRequest request = get(server->port);
    request.method = idempotent ? "GET" : "POST";
    auto first = co_await client.send(request);
    CO_ASSERT(first.has_value());
    auto second = co_await client.send(request);
    EXPECT_EQ(second.has_value(), idempotent);
    EXPECT_EQ(server->heads.size(), idempotent ? 3U : 2U);
  }
}

CO_TEST(Client, NeverRepeatsAfterTheFirstOctetOfAnAnswer) {
  auto executor = co_await async::current_executor();
  auto server = test::start_script(executor, {{{kOk, "H"}}, {{kOk}}});
  Client client{ClientOptions{}};
  auto first = co_await client.send(get(server->port));
  CO_ASSERT(first.has_value());
  auto second = co_await client.send(get(server->port));
  EXPECT_FALSE(second.has_value());
  EXPECT_EQ(server->connections, 1U);
}

CO_TEST(Client, OctetsAfterTheAnswerEndTheConnection) {
  auto executor = co_await async::current_executor();
  auto server = test::start_script(
      executor, {{{kOk + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"}, Script::End::Hold}, {{kOk}}});
  Client client{ClientOptions{}};
  auto first = co_await client.send(get(server->port));
  CO_ASSERT(first.has_value());
  auto second = co_await client.send(get(server->port));
  CO_ASSERT(second.has_value());
  EXPECT_EQ(second->body, "ok");
  EXPECT_EQ(server->connections, 2U);
}

CO_TEST(Client, SilenceEndsAtTheDeadline) {
  auto executor = co_await async::current_executor();
  const std::vector<std::string> beginnings{"", "HTTP/1.1 200 OK\r\n",
                                            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"};
  for (const auto& octets : beginnings) {
    auto server = test::start_script(executor, {{{octets}, Script::End::Hold}});
    Client client{ClientOptions{}};
    ClientRequest request = get(server->port);
    request.deadline = async::Deadline::in(20ms);
    auto answer = co_await client.send(request);
    CO_ASSERT(!answer.has_value());
    EXPECT_EQ(answer.error().code, Code::Deadline) << octets;
  }
}

CO_TEST(Client, NobodyListens) {
  auto executor = co_await async::current_executor();
  std::uint16_t port = 0;
  {
    auto acceptor = Acceptor::listen_tcp(executor, "127.0.0.1", 0);
    CO_ASSERT(acceptor.has_value());
    port = acceptor->port();
  }
  Client client{ClientOptions{}};
  auto answer = co_await client.send(get(port));
  CO_ASSERT(!answer.has_value());
  EXPECT_EQ(answer.error().code, Code::Connection);
}

CO_TEST(Client, RequestsThatHttpCannotCarry) {
  Client client{ClientOptions{}};
  std::vector<ClientRequest> bad(7, get(1));
  bad[0].method = "GE T";
  bad[1].target = "/a b";
  bad[2].target = "/a\r\nX: y";
  bad[3].headers.add("X", "a\r\nY: b");
  bad[4].headers.add("Content-Length", "5");
  bad[5].host = "a\r\nb";
  bad[6].judge = [](std::span<const Bytes>) -> Result<std::shared_ptr<const void>> { return nullptr; };
  for (const auto& request : bad) {
    auto answer = co_await client.send(request);
    CO_ASSERT(!answer.has_value());
    EXPECT_EQ(answer.error().code, Code::InvalidArgument);
  }
}

CO_TEST(Client, ALongAnswerIsPulled) {
  auto executor = co_await async::current_executor();
  const std::string body(300'000, 'z');
  auto server = test::start_script(executor, {{{"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body, kOk}}});
  Client client{ClientOptions{}};
  auto opened = co_await client.open(get(server->port));
  CO_ASSERT(opened.has_value());
  EXPECT_EQ(opened->head().status, 200);
  std::size_t total = 0;
  while (true) {
    auto part = co_await opened->read(1000);
    CO_ASSERT(part.has_value());
    if (part->empty()) break;
    EXPECT_LE(part->size(), 1000U);
    total += part->size();
  }
  EXPECT_EQ(total, body.size());
  auto next = co_await client.send(get(server->port));
  EXPECT_TRUE(next.has_value());
  EXPECT_EQ(server->connections, 1U);
}

CO_TEST(Client, ForgottenConnectionsAreNotUsedAgain) {
  auto executor = co_await async::current_executor();
  auto server = test::start_script(executor, {{{kOk}, Script::End::Hold}, {{kOk}, Script::End::Hold}});
  Client client{ClientOptions{}};
  auto first = co_await client.send(get(server->port));
  CO_ASSERT(first.has_value());
  client.forget_idle();
  auto second = co_await client.send(get(server->port));
  CO_ASSERT(second.has_value());
  EXPECT_EQ(server->connections, 2U);
}

async::Task<Status> read_to_end(ResponseReader& reader) {
  while (true) {
    auto part = co_await reader.read(1000);
    if (!part) co_return fail(part.error());
    if (part->empty()) co_return Status();
  }
}

CO_TEST(Client, KeepsNoMoreConnectionsOfAServerThanItMay) {
  auto executor = co_await async::current_executor();
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  const Script::End hold = Script::End::Hold;
  auto server = test::start_script(executor, {{{answer, answer, answer}, hold}, {{answer}, hold}, {{answer}, hold}, {{answer}, hold}});
  ClientOptions options;
  options.idle_per_server = 1;
  Client client{options};
  const std::array<unsigned, 2> counts{2, 3};
  for (const unsigned connections : counts) {
    auto first = co_await client.open(get(server->port));
    CO_ASSERT(first.has_value());
    auto second = co_await client.open(get(server->port));
    CO_ASSERT(second.has_value());
    EXPECT_EQ(server->connections, connections) << "the second has no idle connection to take";
    auto one = co_await read_to_end(*first);
    EXPECT_TRUE(one.has_value());
    auto two = co_await read_to_end(*second);
    EXPECT_TRUE(two.has_value());
  }
  client.forget_idle();
  auto fresh = co_await client.send(get(server->port));
  EXPECT_TRUE(fresh.has_value());
  EXPECT_EQ(server->connections, 4U);
}

}  // namespace
}  // namespace sekisho::http
