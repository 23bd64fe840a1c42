#include "tests/support/wire_tap.hpp"

#include <cstdlib>
#include <mutex>
#include <stdexcept>

#include <fmt/format.h>

#include "base/async/spawn.hpp"
#include "base/http/socket.hpp"
#include "base/http/wire_reader.hpp"
#include "tests/support/reserved_port.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::test {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("wire tap: " + result.error().chain());
  return std::move(*result);
}

// Of one connection, and written anew by whoever sends.
bool of_the_hop(std::string_view name) {
  for (const char* own : {"Host", "Content-Length", "Transfer-Encoding", "Connection"}) {
    if (http::same_name(name, own)) return true;
  }
  return false;
}

http::ClientRequest request_of(std::string_view head) {
  http::ClientRequest request;
  std::size_t end = head.find("\r\n");
  const std::size_t target = head.find(' ') + 1;
  request.method = head.substr(0, target - 1);
  request.target = head.substr(target, head.find(' ', target) - target);
  for (std::size_t begin = end + 2; begin < head.size(); begin = end + 2) {
    end = std::min(head.find("\r\n", begin), head.size());
    const std::string_view line = head.substr(begin, end - begin);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) request.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  return request;
}

std::string octets_of(const http::ClientResponse& answer) {
  std::string out = fmt::format("HTTP/1.1 {} -\r\n", answer.status);
  for (const http::Header& field : answer.headers) {
    if (!of_the_hop(field.name)) out += fmt::format("{}: {}\r\n", field.name, field.value);
  }
  if (answer.status != 204 && answer.status != 304) out += fmt::format("Content-Length: {}\r\n", answer.body.size());
  return out + "\r\n" + answer.body;
}

}  // namespace

struct WireTap::State {
  std::shared_ptr<const http::TlsServerContext> shown;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<http::Acceptor> acceptor;
  std::string host;
  std::uint16_t port = 0;
  mutable std::mutex mutex;
  std::vector<Passage> passages;

  // To the node, with what the peer said.
  [[nodiscard]] http::ClientRequest onward(http::ClientRequest said) const {
    http::ClientRequest request;
    request.method = std::move(said.method);
    request.target = std::move(said.target);
    request.host = host;
    request.address = "127.0.0.1";
    request.port = port;
    request.limits.body_bytes = 8U << 20;
    for (const http::Header& field : said.headers) {
      if (!of_the_hop(field.name)) request.headers.add(field.name, field.value);
    }
    return request;
  }
  void keep(Passage passage) {
    const std::lock_guard lock(mutex);
    passages.push_back(std::move(passage));
  }
};

namespace {

async::Task<void> pass_on(std::shared_ptr<WireTap::State> state, http::Socket socket) {
  const std::unique_ptr<http::TlsStream> stream = state->shown->stream(std::move(socket));
  const Status shaken = co_await stream->handshake();
  if (!shaken) co_return;
  http::WireReader reader(*stream, http::HeadLimits{});
  for (;;) {
    const Result<std::string_view> head = co_await reader.head();
    if (!head) co_return;
    http::ClientRequest said = request_of(*head);
    const std::size_t length = std::strtoull(std::string(said.headers.get("Content-Length")).c_str(), nullptr, 10);
    while (reader.buffered().size() < length) {
      const Result<std::size_t> more = co_await reader.fill();
      if (!more || *more == 0) co_return;
    }
    Passage passage{said.method, said.target, std::string(reader.buffered().substr(0, length)), 0, {}, {}};
    reader.consume(length);
    http::ClientRequest request = state->onward(std::move(said));
    request.body = passage.body;
    const Result<http::ClientResponse> answer = co_await state->client->send(std::move(request));
    if (!answer) co_return;  // as if the node had broken the connection
    passage.status = answer->status;
    passage.headers = answer->headers;
    passage.answer = answer->body;
    state->keep(std::move(passage));
    const std::string octets = octets_of(*answer);
    const Status sent = co_await stream->write_all(octets);
    if (!sent) co_return;
  }
}

async::Task<void> listen(std::shared_ptr<WireTap::State> state) {
  const async::Executor executor = co_await async::current_executor();
  for (;;) {
    Result<http::Socket> socket = co_await state->acceptor->accept(executor);
    if (!socket) co_return;
    async::spawn(executor, pass_on(state, std::move(*socket)), "tap");
  }
}

}  // namespace

WireTap::WireTap(LoopbackNode& node, const LoopbackNode& peer)
    : state_(std::make_shared<State>()), pool_(std::make_unique<async::WorkerPool>(1)) {
  const trust::NodeFolder own = must(trust::load_node_folder(node.settings.keys));
  state_->shown = must(http::TlsServerContext::make({own.tls_chain_pem, must(own.keys.tls.pem())}));
  http::ClientOptions options;
  options.tls = peer.peer_context();
  state_->client = std::make_unique<http::Client>(std::move(options));
  state_->host = node.dns;
  const async::Executor executor = pool_->executor(0);
  state_->acceptor = std::make_unique<http::Acceptor>(
      must(http::Acceptor::listen_tcp(executor, "127.0.0.1", node.settings.peer.port)));
  state_->port = node.settings.peer.port = reserve_port();
  async::spawn(executor, listen(state_), "tap");
}

// The thread first: what it passes on lives in its executor.
WireTap::~WireTap() { pool_->stop(); }

std::vector<Passage> WireTap::passages() const {
  const std::lock_guard lock(state_->mutex);
  return state_->passages;
}

}  // namespace sekisho::test
