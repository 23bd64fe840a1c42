// Sockets without Asio in sight: a connected one, and one that listens.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <sys/types.h>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/stream.hpp"

namespace sekisho::http {

class Resolver;

// A connected socket, bound to one executor for life. Move-only.
class Socket {
 public:
  struct Handle;
  explicit Socket(std::unique_ptr<Handle> handle);
  Socket(Socket&&) noexcept;
  Socket& operator=(Socket&&) noexcept;
  ~Socket();

  [[nodiscard]] std::string remote_address() const;  // "192.0.2.1", "::1", "unix"
  [[nodiscard]] bool is_unix() const;
  [[nodiscard]] uid_t peer_uid() const;  // Unix sockets only, else uid_t(-1)

  [[nodiscard]] Handle& handle() { return *handle_; }

 private:
  std::unique_ptr<Handle> handle_;
};

// address: an IPv4 or IPv6 literal. The socket belongs to the executor of the calling coroutine.
async::Task<Result<Socket>> connect_tcp(std::string address, std::uint16_t port, async::Deadline deadline);
async::Task<Result<Socket>> connect_unix(std::string path, async::Deadline deadline);
// The first address of a name that accepts; for ordinary URLs only, never for peers (their address is in the snapshot).
async::Task<Result<Socket>> connect_name(std::shared_ptr<const Resolver> resolver, std::string name, std::uint16_t port,
                                         async::Deadline deadline);

[[nodiscard]] std::unique_ptr<Stream> plain_stream(Socket socket);

class Acceptor {
 public:
  // Port 0 lets the kernel choose. Code::PortInUse names the address.
  [[nodiscard]] static Result<Acceptor> listen_tcp(const async::Executor& executor, const std::string& address,
                                                   std::uint16_t port, int backlog = 1024);
  // Mode 0600 from the first moment; a stale socket file that nobody serves is replaced, a served one is PortInUse.
  [[nodiscard]] static Result<Acceptor> listen_unix(const async::Executor& executor, const std::string& path);

  Acceptor(Acceptor&&) noexcept;
  Acceptor& operator=(Acceptor&&) noexcept;
  ~Acceptor();  // removes the socket file

  // Places the accepted socket on the worker's executor. Code::Busy when the process or system is out of descriptors
  // or memory, Code::Cancelled after close(), Code::Connection for a connection that died in the queue.
  async::Task<Result<Socket>> accept(async::Executor worker);
  void close();  // on the acceptor's executor

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const std::string& name() const;  // "127.0.0.1:9441" or the path

 private:
  struct Impl;
  explicit Acceptor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::http
