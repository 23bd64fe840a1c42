#include "base/http/tls.hpp"

#include "base/async/sync_wait.hpp"
#include "base/http/client.hpp"
#include "tests/support/co_test.hpp"
#include "tests/support/script_server.hpp"
#include "tests/support/tls_files.hpp"

namespace sekisho::http {
namespace {

using namespace std::chrono_literals;
using test::Script;
using test::TestAuthority;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

ClientRequest get(std::uint16_t port, std::string host = "farm.jp.example") {
  ClientRequest request;
  request.host = std::move(host);
  request.address = "127.0.0.1";
  request.port = port;
  request.deadline = async::Deadline::in(10s);
  return request;
}

std::shared_ptr<const TlsClientContext> trusting(const std::string& ca_pem) {
  TlsClientOptions options;
  options.ca_pem = ca_pem;
  return TlsClientContext::make(std::move(options)).value();
}

std::shared_ptr<const TlsClientContext> judging(Judge judge, std::optional<TlsIdentity> identity = {}) {
  TlsClientOptions options;
  options.judge = std::move(judge);
  options.identity = std::move(identity);
  return TlsClientContext::make(std::move(options)).value();
}

Result<std::shared_ptr<const void>> accept_all(std::span<const Bytes> chain) {
  return std::make_shared<const std::size_t>(chain.size());
}
Result<std::shared_ptr<const void>> refuse_all(std::span<const Bytes>) { return fail(Code::ZoneNotRecognised, "no"); }

ClientOptions with(std::shared_ptr<const TlsClientContext> tls) {
  ClientOptions options;
  options.tls = std::move(tls);
  return options;
}

CO_TEST(Tls, OrdinaryVerificationByAuthorityAndName) {
  auto executor = co_await async::current_executor();
  const TestAuthority authority("ca");
  const TestAuthority other("other");
  auto server_tls = TlsServerContext::make(authority.issue("farm.jp.example")).value();
  struct Case {
    const char* name;
    std::string ca;
    std::string host;
    bool accepted;
  };
  const std::vector<Case> cases{{"right", authority.certificate_pem(), "farm.jp.example", true},
                                {"other name", authority.certificate_pem(), "trade.eu.example", false},
                                {"address instead of name", authority.certificate_pem(), "127.0.0.1", false},
                                {"other authority", other.certificate_pem(), "farm.jp.example", false}};
  for (const auto& c : cases) {
    auto server = test::start_script(executor, {{{kOk}}}, server_tls);
    Client client(with(trusting(c.ca)));
    auto answer = co_await client.send(get(server->port, c.host));
    EXPECT_EQ(answer.has_value(), c.accepted) << c.name << (answer ? "" : answer.error().chain());
    if (!answer) {
      EXPECT_EQ(answer.error().code, Code::TlsHandshake) << c.name;
    }
  }
}

CO_TEST(Tls, AnAddressIsVerifiedAsAnAddress) {
  auto executor = co_await async::current_executor();
  const TestAuthority authority("ca");
  auto server = test::start_script(executor, {{{kOk}}}, TlsServerContext::make(authority.issue("127.0.0.1")).value());
  Client client(with(trusting(authority.certificate_pem())));
  auto answer = co_await client.send(get(server->port, "127.0.0.1"));
  EXPECT_TRUE(answer.has_value());
}

CO_TEST(Tls, TheJudgeSeesTheServersChainAndDecides) {
  auto executor = co_await async::current_executor();
  const TestAuthority authority("ca");
  auto server_tls = TlsServerContext::make(authority.issue("farm.jp.example")).value();
  auto server = test::start_script(executor, {{{kOk}}, {{kOk}}, {{kOk}}}, server_tls);
  Client client(with(judging(accept_all)));
  auto answer = co_await client.send(get(server->port));
  CO_ASSERT(answer.has_value());
  EXPECT_EQ(answer->chain_der.size(), 2U);
  EXPECT_EQ(*std::static_pointer_cast<const std::size_t>(answer->identity), 2U);

  Client strict(with(judging(refuse_all)));
  auto refused = co_await strict.send(get(server->port));
  CO_ASSERT(!refused.has_value());
  EXPECT_EQ(refused.error().code, Code::ZoneNotRecognised);
  EXPECT_EQ(server->heads.size(), 1U) << "no octet of a request goes to a refused server";

  // A request may bring its own judge, and does not share connections with others.
  ClientRequest own = get(server->port);
  own.judge = refuse_all;
  own.judge_key = "did:web:farm.jp.example";
  auto by_own = co_await client.send(own);
  EXPECT_FALSE(by_own.has_value());
}

async::Task<void> note_one(Socket socket, std::shared_ptr<const TlsServerContext> tls,
                           std::vector<std::size_t>& chains) {
  auto stream = tls->stream(std::move(socket));
  auto done = co_await stream->handshake();
  if (!done) co_return;
  chains.push_back(stream->peer_chain().size());
  auto sent = co_await stream->write_all(kOk);
  (void)sent;
  co_await stream->finish(1000);
}

async::Task<void> note_chains(std::shared_ptr<Acceptor> acceptor, std::shared_ptr<const TlsServerContext> tls,
                              std::vector<std::size_t>& chains) {
  auto executor = co_await async::current_executor();
  while (true) {
    auto socket = co_await acceptor->accept(executor);
    if (!socket) co_return;
    async::spawn(executor, note_one(std::move(*socket), tls, chains));
  }
}

CO_TEST(Tls, AClientCertificateIsAskedForAndNotDemanded) {
  auto executor = co_await async::current_executor();
  const TestAuthority authority("ca");
  const TestAuthority foreign("nobody knows me");
  auto server_tls = TlsServerContext::make(authority.issue("farm.jp.example")).value();
  auto acceptor = std::make_shared<Acceptor>(Acceptor::listen_tcp(executor, "127.0.0.1", 0).value());
  std::vector<std::size_t> chains;
  async::spawn(executor, note_chains(acceptor, server_tls, chains));
  Client nameless(with(judging(accept_all)));
  auto without = co_await nameless.send(get(acceptor->port()));
  EXPECT_TRUE(without.has_value());
  Client named(with(judging(accept_all, foreign.issue("trade.eu.example"))));
  auto with_certificate = co_await named.send(get(acceptor->port()));
  EXPECT_TRUE(with_certificate.has_value());
  const std::vector<std::size_t> expected{0, 2};
  EXPECT_EQ(chains, expected);
}

CO_TEST(Tls, AnAnswerUntilCloseNeedsCloseNotify) {
  auto executor = co_await async::current_executor();
  const TestAuthority authority("ca");
  auto server_tls = TlsServerContext::make(authority.issue("farm.jp.example")).value();
  auto server = test::start_script(executor,
                                   {{{"HTTP/1.1 200 OK\r\n\r\nall of it"}, Script::End::Orderly},
                                    {{"HTTP/1.1 200 OK\r\n\r\nhalf of"}, Script::End::Abrupt}},
                                   server_tls);
  Client client(with(judging(accept_all)));
  auto whole = co_await client.send(get(server->port));
  CO_ASSERT(whole.has_value());
  EXPECT_EQ(whole->body, "all of it");
  auto half = co_await client.send(get(server->port));
  CO_ASSERT(!half.has_value());
  EXPECT_EQ(half.error().code, Code::Truncated);
}

CO_TEST(Tls, APlainServerFailsTheHandshake) {
  auto executor = co_await async::current_executor();
  auto server = test::start_script(executor, {{{kOk}}});
  Client client(with(judging(accept_all)));
  ClientRequest request = get(server->port);
  request.deadline = async::Deadline::in(100ms);  // the script waits for a head that never ends
  auto answer = co_await client.send(request);
  EXPECT_FALSE(answer.has_value());
}

TEST(TlsContext, KeyAndCertificateMustFit) {
  const TestAuthority authority("ca");
  const auto one = authority.issue("a.example");
  const auto two = authority.issue("b.example");
  EXPECT_TRUE(TlsServerContext::make(one).has_value());
  for (const TlsIdentity& bad : {TlsIdentity{one.chain_pem, two.key_pem}, TlsIdentity{"", one.key_pem},
                                 TlsIdentity{one.chain_pem, ""}, TlsIdentity{"garbage", "garbage"}}) {
    auto made = TlsServerContext::make(bad);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, Code::KeyFile);
  }
  EXPECT_FALSE(TlsClientContext::make({}).has_value()) << "who is acceptable must be said";
  TlsClientOptions both;
  both.judge = accept_all;
  both.ca_pem = authority.certificate_pem();
  EXPECT_FALSE(TlsClientContext::make(std::move(both)).has_value());
}

// Each sync_wait is a context of its own; the client's idle connections must end with it and not after it.
TEST(Client, OutlivesTheContextsItWasUsedOn) {
  Client client{ClientOptions{}};
  for (int i = 0; i < 3; ++i) {
    test::run_coroutine([](Client& c) -> async::Task<void> {
      auto executor = co_await async::current_executor();
      auto server = test::start_script(executor, {{{kOk}, Script::End::Hold}});
      ClientRequest request = get(server->port);
      request.tls = false;
      auto answer = co_await c.send(request);
      EXPECT_TRUE(answer.has_value());
    }(client));
  }
}

}  // namespace
}  // namespace sekisho::http
