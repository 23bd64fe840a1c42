// A server that answers what a function says: for tests that must look at what was asked.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/http/socket.hpp"
#include "base/http/tls.hpp"
#include "base/http/wire_reader.hpp"

namespace sekisho::test {

struct Asked {
  std::string head, body;
  std::size_t number = 0;  // from 0, over all connections

  [[nodiscard]] std::string target() const {
    const std::size_t from = head.find(' ') + 1;
    return head.substr(from, head.find(' ', from) - from);
  }
  // Of the first field of that name, as it is spelt; empty without.
  [[nodiscard]] std::string field(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

// The octets of the answer; the connection stays unless they say "Connection: close" or are empty (then it is held open
// without an answer).
using Answering = std::function<std::string(const Asked&)>;

struct HandlerServer {
  std::uint16_t port = 0;
  std::vector<Asked> asked;
  std::unique_ptr<http::Acceptor> acceptor;
  std::vector<std::unique_ptr<http::Stream>> held;
  Answering answer;
};

inline async::Task<void> serve_connection(std::shared_ptr<HandlerServer> server, http::Socket socket,
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
  for (;;) {
    auto head = co_await reader.head();
    if (!head) co_return;
    Asked asked;
    asked.head = std::string(*head);
    const std::string length = asked.field("Content-Length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    while (reader.buffered().size() < wanted) {
      auto more = co_await reader.fill();
      if (!more || *more == 0) co_return;
    }
    asked.body = std::string(reader.buffered().substr(0, wanted));
    reader.consume(wanted);
    asked.number = server->asked.size();
    server->asked.push_back(asked);
    const std::string octets = server->answer(asked);
    if (octets.empty()) {
      server->held.push_back(std::move(stream));
      co_return;
    }
    auto sent = co_await stream->write_all(octets);
    if (!sent) co_return;
    if (octets.find("Connection: close\r\n") != std::string::npos) {
      co_await stream->finish(0);
      co_return;
    }
  }
}

inline async::Task<void> serve_all(std::shared_ptr<HandlerServer> server,
                                   std::shared_ptr<const http::TlsServerContext> tls) {
  auto executor = co_await async::current_executor();
  for (;;) {
    auto socket = co_await server->acceptor->accept(executor);
    if (!socket) co_return;
    async::spawn(executor, serve_connection(server, std::move(*socket), tls), "serve");
  }
}

inline std::shared_ptr<HandlerServer> start_handler(const async::Executor& executor, Answering answer,
                                                    std::shared_ptr<const http::TlsServerContext> tls = nullptr) {
  auto server = std::make_shared<HandlerServer>();
  auto acceptor = http::Acceptor::listen_tcp(executor, "127.0.0.1", 0);
  server->acceptor = std::make_unique<http::Acceptor>(std::move(acceptor.value()));
  server->port = server->acceptor->port();
  server->answer = std::move(answer);
  async::spawn(executor, serve_all(server, std::move(tls)), "handler");
  return server;
}

}  // namespace sekisho::test
