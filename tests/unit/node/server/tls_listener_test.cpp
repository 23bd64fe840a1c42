#include <gtest/gtest.h>

#include "base/async/completion.hpp"
#include "base/async/sync_wait.hpp"
#include "base/http/client.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/tls_files.hpp"

namespace sekisho::node {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using test::TestAuthority;
using test::TestServer;

// Accepts chains while `friendly`; the identity counts the judgements.
struct TestJudge {
  std::atomic<bool> friendly{true};
  std::atomic<int> asked{0};
};

http::Judge judge_of(std::shared_ptr<TestJudge> judge) {
  return [judge](std::span<const Bytes>) -> Result<std::shared_ptr<const void>> {
    const int n = ++judge->asked;
    if (!judge->friendly) return fail(Code::RecognitionSuspended, "suspended");
    return std::make_shared<const int>(n);
  };
}

async::Task<http::Response> say_identity(http::Request request) {
  const auto identity = std::static_pointer_cast<const int>(request.peer->identity);
  co_return http::text_response(200, identity ? std::to_string(*identity) : "none");
}

std::vector<Route> routes() {
  return {{"GET", "/open", Access::open("test"), 0, "", say_identity},
          {"GET", "/participant", Access::participant(), 0, "", say_identity}};
}

Result<std::shared_ptr<const void>> accept_server(std::span<const Bytes>) { return nullptr; }

struct Peer {
  TestAuthority authority{"ca"};
  std::shared_ptr<TestJudge> judge = std::make_shared<TestJudge>();
  TestServer server;

  explicit Peer(ServerLimits limits = {}) : server(routes(), options(limits)) {}

  ListenerOptions options(ServerLimits limits) {
    ListenerOptions o;
    o.limits = limits;
    o.limits.tick = 5ms;
    o.judge = judge_of(judge);
    o.tls = http::TlsServerContext::make(authority.issue("farm.jp.example")).value();
    return o;
  }
  std::shared_ptr<const http::TlsClientContext> client_context(bool with_certificate) {
    http::TlsClientOptions o;
    o.judge = accept_server;
    if (with_certificate) o.identity = authority.issue("trade.eu.example");
    return http::TlsClientContext::make(std::move(o)).value();
  }
  http::ClientRequest get(std::string target) {
    http::ClientRequest r;
    r.host = "farm.jp.example";
    r.address = "127.0.0.1";
    r.port = server.listener->port();
    r.target = std::move(target);
    return r;
  }
};

http::ClientOptions with(std::shared_ptr<const http::TlsClientContext> tls) {
  http::ClientOptions options;
  options.tls = std::move(tls);
  return options;
}

TEST(TlsListener, ParticipantsNeedAChainOpenRoutesDoNot) {
  Peer peer;
  http::Client nameless(with(peer.client_context(false)));
  auto open = async::sync_wait(nameless.send(peer.get("/open")));
  ASSERT_TRUE(open.has_value()) << open.error().chain();
  EXPECT_EQ(open->body, "none");
  auto closed = async::sync_wait(nameless.send(peer.get("/participant")));
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->status, 401);
  EXPECT_NE(closed->body.find("UNAUTHENTICATED"), std::string::npos);
  EXPECT_EQ(closed->headers.get("Connection"), "close");
  EXPECT_EQ(peer.judge->asked, 0);

  http::Client named(with(peer.client_context(true)));
  auto known = async::sync_wait(named.send(peer.get("/participant")));
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->status, 200);
  EXPECT_EQ(peer.judge->asked, 1);
}

TEST(TlsListener, ARefusedChainGets401WithTheJudgesCode) {
  Peer peer;
  peer.judge->friendly = false;
  http::Client client(with(peer.client_context(true)));
  auto answer = async::sync_wait(client.send(peer.get("/participant")));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 401);
  EXPECT_NE(answer->body.find("RECOGNITION_SUSPENDED"), std::string::npos);
  EXPECT_FALSE(answer->headers.get("Sekisho-Correlation-Id").empty());
}

async::Task<void> three_rounds(Peer& peer, http::Client& client, std::vector<std::string>& seen) {
  auto first = co_await client.send(peer.get("/participant"));
  seen.push_back(first ? first->body : "failed");
  // Judged again and accepted: the same connection, a new identity.
  const int before = peer.judge->asked;
  peer.server.listener->rejudge_all();
  while (peer.judge->asked == before) std::this_thread::yield();
  auto second = co_await client.send(peer.get("/participant"));
  seen.push_back(second ? second->body : "failed");
  // Judged again and refused: closed.
  peer.judge->friendly = false;
  peer.server.listener->rejudge_all();
  while (peer.server.listener->counters().open > 0) std::this_thread::yield();
  auto third = co_await client.send(peer.get("/participant"));
  seen.push_back(third ? std::to_string(third->status) : "failed");
}

TEST(TlsListener, LiveConnectionsAreJudgedAgain) {
  Peer peer;
  http::Client client(with(peer.client_context(true)));
  std::vector<std::string> seen;
  async::sync_wait(three_rounds(peer, client, seen));
  const std::vector<std::string> expected{"1", "3", "401"};
  EXPECT_EQ(seen, expected);
  const auto counters = peer.server.listener->counters();
  EXPECT_EQ(counters.closed_by_judge, 1U);
  EXPECT_EQ(counters.accepted, 2U);
}

async::Task<void> until_it_runs_out(Peer& peer, http::Client& client, std::vector<int>& seen) {
  auto first = co_await client.send(peer.get("/participant"));
  seen.push_back(first ? first->status : 0);
  // Nothing new arrives that would make the listener judge all.
  peer.judge->friendly = false;
  auto second = co_await client.send(peer.get("/participant"));
  seen.push_back(second ? second->status : 0);
}

TEST(TlsListener, AChainIsJudgedAtEachRequest) {
  Peer peer;
  http::Client client(with(peer.client_context(true)));
  std::vector<int> seen;
  async::sync_wait(until_it_runs_out(peer, client, seen));
  EXPECT_EQ(seen, (std::vector<int>{200, 401}));
  EXPECT_EQ(peer.server.listener->counters().accepted, 1U);
}

TEST(TlsListener, AStalledHandshakeIsClosed) {
  ServerLimits limits;
  limits.handshake = 30ms;
  Peer peer(limits);
  RawClient silent(peer.server.listener->port());
  EXPECT_EQ(silent.rest(), "");
  RawClient half(peer.server.listener->port());
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  half.rest();
  const auto counters = peer.server.listener->counters();
  EXPECT_EQ(counters.timed_out, 2U);
}

TEST(TlsListener, PlainHttpOnATlsPortFails) {
  Peer peer;
  RawClient plain(peer.server.listener->port());
  plain.send("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(plain.rest().find("HTTP/1.1"), std::string::npos);
  while (peer.server.listener->counters().failed_handshakes == 0) std::this_thread::yield();
}

TEST(TlsListener, ANewCertificateServesNewConnections) {
  Peer peer;
  const TestAuthority other("other ca");
  peer.server.listener->set_tls(http::TlsServerContext::make(other.issue("farm.jp.example")).value());
  http::TlsClientOptions o;
  o.ca_pem = other.certificate_pem();
  http::Client client(with(http::TlsClientContext::make(std::move(o)).value()));
  auto answer = async::sync_wait(client.send(peer.get("/open")));
  ASSERT_TRUE(answer.has_value()) << answer.error().chain();
  EXPECT_EQ(answer->status, 200);
}

}  // namespace
}  // namespace sekisho::node
