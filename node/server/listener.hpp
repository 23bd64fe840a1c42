// A listening address: accepts with back-off, runs one session per connection on the workers in turn, watches the
// deadlines of all of them, judges certificates, drains in order.
//
//   auto listener = Listener::start(pool, options, pipeline);   // Result; the port is bound when it returns
//   …
//   (*listener)->drain_blocking(10s);
//
// Owned by one thread (start, drain, destruction); rejudge_all, set_tls and the counters may be called from any.
// The pool outlives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/async/worker_pool.hpp"
#include "base/core/result.hpp"
#include "base/http/tls.hpp"
#include "node/server/limits.hpp"
#include "node/server/pipeline.hpp"

namespace sekisho::node {

struct ListenerOptions {
  std::string name = "peer";                          // in logs
  std::string address;                                // IP literal, with port …
  std::uint16_t port = 0;                             // 0: the kernel chooses
  std::string unix_path;                              // … or a Unix socket, created with mode 0600
  std::shared_ptr<const http::TlsServerContext> tls;  // null: plain; only for Unix sockets and tests
  http::Judge judge;  // of client certificates, at each request; empty: a presented chain is not looked at
  ServerLimits limits;
};

struct ListenerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused_over_limit = 0;
  std::uint64_t exhausted = 0;  // times the process was out of descriptors or memory
  std::uint64_t failed_handshakes = 0;
  std::uint64_t timed_out = 0;  // closed by a deadline
  std::uint64_t closed_by_judge = 0;
  std::uint64_t requests = 0;
  std::uint64_t open = 0;  // now
};

class Listener {
 public:
  // Code::PortInUse, Code::Io name the address.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> start(async::WorkerPool& pool, ListenerOptions options,
                                                               std::shared_ptr<Pipeline> pipeline);
  // drain_blocking(0) if nobody drained before.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] ListenerCounters counters() const;

  // For connections accepted from now on.
  void set_tls(std::shared_ptr<const http::TlsServerContext> tls);

  // Runs the judge again on every live connection that presented a chain: those that fail are closed at once, even in
  // the middle of an answer. Returns before it is done.
  void rejudge_all();

  // Stops accepting, closes idle connections, lets running exchanges finish within the grace period, then closes what
  // is left and waits for its handlers to return. False when some handler had to be left behind after 5 s more.
  // hurry() from another thread ends the grace period.
  bool drain_blocking(std::chrono::milliseconds grace);
  void hurry();

 private:
  struct Impl;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace sekisho::node
