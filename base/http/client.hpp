// Outgoing HTTP/1.1 over TLS 1.3, plain TCP or a Unix socket, with kept-alive connections.
//
// Threads: send may be called from coroutines of any single-threaded executor (worker, sync_wait). Idle connections
// belong to the executor's context and end with it; nothing is shared between threads but the settings.
//
// Repeats: a request is sent a second time, once, only when it went out on a kept-alive connection, no octet of an
// answer came, and its method is idempotent (GET, HEAD, PUT, DELETE, OPTIONS) or the request says so. A kept-alive
// connection that is known to be closed or that has unread octets is not used in the first place.
//
// Trust changes: call forget_idle(); connections judged before it are not used again.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/http/framing.hpp"
#include "base/http/message.hpp"
#include "base/http/tls.hpp"

namespace sekisho::http {

class Resolver;

struct ClientLimits {
  HeadLimits head;
  std::size_t body_bytes = 1 << 20;  // of the whole answer; over it Code::LimitExceeded
};

struct ClientRequest {
  std::string method = "GET";
  std::string host;     // for SNI, the certificate's name and the Host field
  std::string address;  // IP literal to connect to; empty: host is resolved
  std::uint16_t port = 0;
  std::string unix_path;  // instead of host and port; no TLS
  bool tls = true;
  std::string target = "/";
  Headers headers;  // without Host, Content-Length, Connection
  std::string body;
  ClientLimits limits;
  async::Deadline deadline = async::Deadline::in(std::chrono::seconds(30));
  // Instead of the context's judge, for this server only. judge_key names it ("did:web:farm.jp.example"): a kept-alive
  // connection is reused only for an equal key. Required with judge.
  Judge judge;
  std::string judge_key;
  bool idempotent = false;  // whatever the method
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
  std::vector<Bytes> chain_der;          // the server's, leaf first
  std::shared_ptr<const void> identity;  // what the judge returned
};

struct ClientOptions {
  std::shared_ptr<const TlsClientContext> tls;  // required for requests with tls
  std::shared_ptr<const Resolver> resolver;     // for requests without an address; null: the client's own
  std::chrono::milliseconds connect{5000};
  std::chrono::milliseconds handshake{5000};
  std::chrono::milliseconds idle{30000};  // a connection idle for longer is not reused
  std::size_t idle_per_server = 16;       // for each executor
  std::size_t idle_total = 256;           // for each executor
};

// A long answer, pulled. Destroying it before the end closes the connection.
class ResponseReader {
 public:
  struct Impl;
  explicit ResponseReader(std::unique_ptr<Impl> impl);
  ResponseReader(ResponseReader&&) noexcept;
  ResponseReader& operator=(ResponseReader&&) noexcept;
  ~ResponseReader();

  [[nodiscard]] const ClientResponse& head() const;  // body empty
  // 1 … most octets, or empty at the complete end. The request's deadline and body limit hold.
  async::Task<Result<std::string>> read(std::size_t most);
  // Replaces the request's deadline: a body without an end has none of its own.
  void extend(async::Deadline deadline);
  // Closes the connection; a read that waits ends with Code::Cancelled. On the reader's executor.
  void abort();

 private:
  std::unique_ptr<Impl> impl_;
};

// Codes: Connection, TlsHandshake or the judge's code, Deadline, Framing (the answer is malformed), Truncated,
// LimitExceeded, HeaderTooLarge, InvalidArgument (the request cannot be written). HTTP statuses are not errors.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  async::Task<Result<ClientResponse>> send(ClientRequest request);
  async::Task<Result<ResponseReader>> open(ClientRequest request);

  void set_tls(std::shared_ptr<const TlsClientContext> tls);  // for new connections; forgets the idle ones
  void forget_idle();                                         // any thread

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::http
