#include "base/http/client.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>

#include "base/async/timer.hpp"
#include "base/async/watchdog.hpp"
#include "base/http/client_connection.hpp"
#include "base/http/client_exchange.hpp"
#include "base/http/head.hpp"
#include "base/http/resolver.hpp"
#include "base/http/socket.hpp"
#include "base/http/write_head.hpp"

namespace sekisho::http {

struct Client::State {
  ClientOptions options;
  std::uint64_t number = 0;  // of this client, in the keys of idle connections
  std::atomic<std::uint64_t> generation{0};
  std::mutex mutex;  // guards options.tls

  std::shared_ptr<const TlsClientContext> tls() {
    const std::lock_guard lock(mutex);
    return options.tls;
  }
};

namespace {

using StatePtr = std::shared_ptr<Client::State>;

std::atomic<std::uint64_t> client_numbers{0};

bool is_idempotent(const ClientRequest& request) {
  const auto& m = request.method;
  return request.idempotent || m == "GET" || m == "HEAD" || m == "PUT" || m == "DELETE" || m == "OPTIONS";
}

IdleConnections& idle_of(const async::Executor& executor) {
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  return boost::asio::use_service<IdleConnections>(context);
}

std::string key_of(const StatePtr& state, const ClientRequest& r) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", state->number, r.host, r.address, r.port, r.unix_path, r.tls ? 1 : 0,
                     r.judge_key);
}

async::Task<Result<Socket>> connect(StatePtr state, const ClientRequest& request) {
  const auto deadline = request.deadline.at_most(state->options.connect);
  if (!request.unix_path.empty()) co_return co_await connect_unix(request.unix_path, deadline);
  if (!request.address.empty()) co_return co_await connect_tcp(request.address, request.port, deadline);
  co_return co_await connect_name(state->options.resolver, request.host, request.port, deadline);
}

async::Task<Result<std::unique_ptr<ClientConnection>>> secure(StatePtr state, const ClientRequest& request,
                                                              Socket socket) {
  auto tls = state->tls();
  if (!tls) co_return fail(Code::InvalidArgument, "a TLS request to " + request.host + " without a TLS context");
  auto stream = tls->stream(std::move(socket), request.host);
  TlsStream* raw = stream.get();
  auto executor = co_await async::current_executor();
  const auto deadline = request.deadline.at_most(state->options.handshake);
  Status done;
  {
    async::Watchdog dog(executor, deadline, [raw] { raw->close(); });
    done = co_await raw->handshake();
    if (dog.fired()) co_return fail(Code::Deadline, "the TLS handshake with " + request.host + " took too long");
  }
  if (!done) co_return fail(done.error());
  auto connection = std::make_unique<ClientConnection>(std::move(stream), request.limits.head);
  connection->tls = std::move(tls);
  connection->chain_der = raw->peer_chain();
  const Judge& judge = request.judge ? request.judge : connection->tls->judge();
  if (judge) {
    auto identity = judge(connection->chain_der);
    if (!identity) co_return fail(identity.error());
    connection->identity = std::move(*identity);
  }
  co_return connection;
}

async::Task<Result<std::unique_ptr<ClientConnection>>> open_connection(StatePtr state, const ClientRequest& request) {
  const std::uint64_t generation = state->generation;
  auto socket = co_await connect(state, request);
  if (!socket) co_return fail(socket.error());
  std::unique_ptr<ClientConnection> connection;
  if (request.tls && request.unix_path.empty()) {
    auto secured = co_await secure(state, request, std::move(*socket));
    if (!secured) co_return fail(secured.error());
    connection = std::move(*secured);
  } else {
    connection = std::make_unique<ClientConnection>(plain_stream(std::move(*socket)), request.limits.head);
  }
  connection->generation = generation;
  co_return connection;
}

}  // namespace

struct ResponseReader::Impl {
  StatePtr state;
  async::Executor executor;
  std::string key;
  std::unique_ptr<ClientConnection> connection;
  ClientResponse head;
  std::unique_ptr<BodyReader> body;
  std::unique_ptr<async::Watchdog> dog;
  bool keep = false;

  // The whole answer was read; the connection may serve again.
  void release() {
    dog.reset();
    body.reset();
    if (keep && connection && connection->wire.buffered().empty()) {
      idle_of(executor).give(std::move(key), std::move(connection), state->options);
    }
    connection.reset();
  }
};

namespace {

using ReaderPtr = std::unique_ptr<ResponseReader::Impl>;

// One attempt on one connection. silent: whether the connection ended before any octet of an answer.
async::Task<Result<ReaderPtr>> attempt(StatePtr state, const ClientRequest& request, const std::string& wire_text,
                                       bool fresh, bool& silent) {
  auto executor = co_await async::current_executor();
  auto reader = std::make_unique<ResponseReader::Impl>();
  reader->state = state;
  reader->executor = executor;
  reader->key = key_of(state, request);
  if (!fresh) reader->connection = idle_of(executor).take(reader->key, state->generation, state->options.idle);
  if (!reader->connection) {
    auto opened = co_await open_connection(state, request);
    if (!opened) co_return fail(opened.error());
    reader->connection = std::move(*opened);
  }
  ClientConnection& connection = *reader->connection;
  Stream* stream = connection.stream.get();
  reader->dog = std::make_unique<async::Watchdog>(executor, request.deadline, [stream] { stream->close(); });
  const std::uint64_t received = connection.wire.received();

  auto head = co_await exchange_heads(connection, request, wire_text);
  if (!head) {
    silent = connection.reused && connection.wire.received() == received && !reader->dog->fired();
    if (reader->dog->fired()) co_return fail(Code::Deadline, "the answer of " + request.host + " took too long");
    co_return fail(head.error());
  }
  reader->head.status = head->status;
  reader->head.headers = std::move(head->headers);
  reader->head.chain_der = connection.chain_der;
  reader->head.identity = connection.identity;
  reader->keep = head->keep_alive;
  reader->body = std::make_unique<BodyReader>(connection.wire, head->body, request.limits.body_bytes);
  if (auto fits = reader->body->start(); !fits)
    co_return fail(Code::LimitExceeded, "the answer of " + request.host + " is over the limit", fits.error());
  if (head->body.kind == BodyFraming::Kind::UntilClose && !connection.tls) {
    co_return fail(Code::Framing, "an answer without a length over a connection whose end proves nothing");
  }
  if (reader->body->done()) reader->release();
  co_return reader;
}

async::Task<Result<ReaderPtr>> begin(StatePtr state, ClientRequest request) {
  auto wire_text = write_request(request);
  if (!wire_text) co_return fail(wire_text.error());
  bool silent = false;
  auto first = co_await attempt(state, request, *wire_text, false, silent);
  if (first || !silent || !is_idempotent(request)) co_return first;
  auto second = co_await attempt(state, request, *wire_text, true, silent);
  co_return second;
}

}  // namespace

ResponseReader::ResponseReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;
ResponseReader::~ResponseReader() = default;

const ClientResponse& ResponseReader::head() const { return impl_->head; }

void ResponseReader::extend(async::Deadline deadline) {
  if (!impl_->connection) return;
  Stream* stream = impl_->connection->stream.get();
  impl_->dog = std::make_unique<async::Watchdog>(impl_->executor, deadline, [stream] { stream->close(); });
}

void ResponseReader::abort() {
  if (impl_->connection) impl_->connection->stream->close();
}

async::Task<Result<std::string>> ResponseReader::read(std::size_t most) {
  std::string out;
  if (!impl_->body || impl_->body->done()) co_return out;
  auto read = co_await impl_->body->read_some(out, most);
  if (!read) {
    const bool late = impl_->dog && impl_->dog->fired();
    impl_->keep = false;
    impl_->body.reset();
    if (late) co_return fail(Code::Deadline, "an answer took too long");
    if (read.error().code == Code::BodyTooLarge)
      co_return fail(Code::LimitExceeded, "an answer is over the limit", read.error());
    co_return fail(read.error());
  }
  if (impl_->body->done()) impl_->release();
  co_return out;
}

Client::Client(ClientOptions options) : state_(std::make_shared<State>()) {
  state_->options = std::move(options);
  if (!state_->options.resolver) state_->options.resolver = std::make_shared<Resolver>();
  state_->number = ++client_numbers;
}
Client::~Client() = default;

async::Task<Result<ResponseReader>> Client::open(ClientRequest request) {
  auto reader = co_await begin(state_, std::move(request));
  if (!reader) co_return fail(reader.error());
  co_return ResponseReader(std::move(*reader));
}

async::Task<Result<ClientResponse>> Client::send(ClientRequest request) {
  constexpr std::size_t kReadAtOnce = 64 * 1024;
  auto started = co_await begin(state_, std::move(request));
  if (!started) co_return fail(started.error());
  ResponseReader reader(std::move(*started));
  ClientResponse response = reader.head();
  while (true) {
    auto part = co_await reader.read(kReadAtOnce);
    if (!part) co_return fail(part.error());
    if (part->empty()) co_return response;
    response.body += *part;
  }
}

void Client::set_tls(std::shared_ptr<const TlsClientContext> tls) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->options.tls = std::move(tls);
  }
  forget_idle();
}

void Client::forget_idle() { ++state_->generation; }

}  // namespace sekisho::http
