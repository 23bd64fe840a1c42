// A server that answers with written-down octets, whatever is asked: for tests of the client.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/http/socket.hpp"
#include "base/http/tls.hpp"
#include "base/http/wire_reader.hpp"

namespace sekisho::test {

// One connection's part: after each request head the next answer is sent; then the connection ends as `end` says.
struct Script {
  enum class End { Orderly, Abrupt, Hold };
  std::vector<std::string> answers;
  End end = End::Orderly;
};

struct ScriptServer {
  std::uint16_t port = 0;
  std::vector<std::string> heads;  // of all requests, in order
  std::size_t connections = 0;
  std::unique_ptr<http::Acceptor> acceptor;
  std::vector<std::unique_ptr<http::Stream>> held;
};

inline async::Task<void> play(std::shared_ptr<ScriptServer> server, Script script, http::Socket socket,
                              std::shared_ptr<const http::TlsServerContext> tls) {
  std::unique_ptr<http::Stream> stream;
  if (tls) {
    auto secured = tls->stream(std::move(socket));
    auto done = co_await secured->handshake();
    if (!done) co_return;
    stream = std::move(secured);
  } else {
    stream = http::plain_stream(std::move(socket));
  }
  http::WireReader reader(*stream, http::HeadLimits{});
  for (const auto& answer : script.answers) {
    auto head = co_await reader.head();
    if (!head) co_return;
    server->heads.emplace_back(*head);
    reader.consume(reader.buffered().size());  // a body that came along
    auto sent = co_await stream->write_all(answer);
    if (!sent) co_return;
  }
  if (script.end == Script::End::Orderly) co_await stream->finish(0);
  if (script.end == Script::End::Hold) server->held.push_back(std::move(stream));
}

// The n-th connection gets the n-th script.
inline async::Task<void> accept_all(std::shared_ptr<ScriptServer> server, std::vector<Script> scripts,
                                    std::shared_ptr<const http::TlsServerContext> tls) {
  auto executor = co_await async::current_executor();
  for (auto& script : scripts) {
    auto socket = co_await server->acceptor->accept(executor);
    if (!socket) co_return;
    ++server->connections;
    async::spawn(executor, play(server, std::move(script), std::move(*socket), tls), "play");
  }
}

inline std::shared_ptr<ScriptServer> start_script(const async::Executor& executor, std::vector<Script> scripts,
                                                  std::shared_ptr<const http::TlsServerContext> tls = nullptr) {
  auto server = std::make_shared<ScriptServer>();
  auto acceptor = http::Acceptor::listen_tcp(executor, "127.0.0.1", 0);
  server->acceptor = std::make_unique<http::Acceptor>(std::move(acceptor.value()));
  server->port = server->acceptor->port();
  async::spawn(executor, accept_all(server, std::move(scripts), std::move(tls)), "script");
  return server;
}

}  // namespace sekisho::test
