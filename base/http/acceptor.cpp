#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/http/socket_handle.hpp"

namespace sekisho::http {

namespace net = boost::asio;
using net::ip::tcp;

struct Acceptor::Impl {
  net::basic_socket_acceptor<net::generic::stream_protocol> acceptor;
  std::string name;
  std::string unix_path;
};

namespace {

using Endpoint = net::generic::stream_protocol::endpoint;
using error_code = boost::system::error_code;

std::unexpected<Error> cannot_listen(const std::string& name, const error_code& ec) {
  const bool taken = ec == net::error::address_in_use;
  return fail(taken ? Code::PortInUse : Code::Io, "cannot listen on " + name + ": " + ec.message());
}

// A socket file that nobody serves is left over from a killed process and may go; anything else stays.
Status remove_stale(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return fail(Code::Io, path + " exists and is not a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(Code::Io, "cannot make a socket: " + std::string(std::strerror(errno)));
  const bool served = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  if (served) return fail(Code::PortInUse, "another process serves " + path);
  ::unlink(path.c_str());
  return {};
}

bool is_exhaustion(const error_code& ec) {
  return ec.value() == EMFILE || ec.value() == ENFILE || ec.value() == ENOBUFS || ec.value() == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Acceptor::Acceptor(Acceptor&&) noexcept = default;
Acceptor& Acceptor::operator=(Acceptor&&) noexcept = default;
Acceptor::~Acceptor() {
  if (impl_) close();
}

Result<Acceptor> Acceptor::listen_tcp(const async::Executor& executor, const std::string& address, std::uint16_t port,
                                      int backlog) {
  const std::string name = address + ":" + std::to_string(port);
  error_code ec;
  const auto ip = net::ip::make_address(address, ec);
  if (ec) return fail(Code::InvalidArgument, address + " is not an IP address");
  const Endpoint endpoint(tcp::endpoint(ip, port));
  auto impl =
      std::make_unique<Impl>(Impl{net::basic_socket_acceptor<net::generic::stream_protocol>(executor), name, {}});
  impl->acceptor.open(endpoint.protocol(), ec);
  if (!ec) impl->acceptor.set_option(net::socket_base::reuse_address(true), ec);
  if (!ec) impl->acceptor.bind(endpoint, ec);
  if (!ec) impl->acceptor.listen(backlog, ec);
  if (ec) return cannot_listen(name, ec);
  Acceptor acceptor(std::move(impl));
  acceptor.impl_->name = address + ":" + std::to_string(acceptor.port());
  return acceptor;
}

Result<Acceptor> Acceptor::listen_unix(const async::Executor& executor, const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return fail(Code::InvalidArgument, "the socket path " + path + " is too long");
  if (auto removed = remove_stale(path); !removed) return fail(removed.error());
  error_code ec;
  const Endpoint endpoint{net::local::stream_protocol::endpoint(path)};
  auto impl =
      std::make_unique<Impl>(Impl{net::basic_socket_acceptor<net::generic::stream_protocol>(executor), path, {}});
  impl->acceptor.open(endpoint.protocol(), ec);
  if (!ec) impl->acceptor.bind(endpoint, ec);
  if (ec) return cannot_listen(path, ec);
  impl->unix_path = path;
  // Nobody can connect before listen(), so the mode holds from the first connection on; the umask is the process's.
  if (::chmod(path.c_str(), 0600) != 0) return fail(Code::Io, "cannot set the mode of " + path);
  impl->acceptor.listen(128, ec);
  if (ec) return cannot_listen(path, ec);
  return Acceptor(std::move(impl));
}

async::Task<Result<Socket>> Acceptor::accept(async::Executor worker) {
  auto accepted = co_await impl_->acceptor.async_accept(worker, net::as_tuple(net::use_awaitable));
  auto& [ec, socket] = accepted;
  if (is_exhaustion(ec)) co_return fail(Code::Busy, "cannot accept on " + impl_->name + ": " + ec.message());
  if (ec) co_return fail(socket_error(ec, "accepting on " + impl_->name));
  // Refused by Unix sockets, which have nothing to delay.
  socket.set_option(tcp::no_delay(true), ec);
  co_return Socket(std::make_unique<Socket::Handle>(Socket::Handle{std::move(socket)}));
}

void Acceptor::close() {
  error_code ignored;
  impl_->acceptor.close(ignored);
  // At once, so that a successor may listen on the same path before this object is gone.
  if (!impl_->unix_path.empty()) ::unlink(std::exchange(impl_->unix_path, std::string()).c_str());
}

std::uint16_t Acceptor::port() const {
  error_code ec;
  const auto local = impl_->acceptor.local_endpoint(ec);
  if (ec || (local.protocol().family() != AF_INET && local.protocol().family() != AF_INET6)) return 0;
  // sin_port and sin6_port lie at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(local.data())->sin_port);
}

const std::string& Acceptor::name() const { return impl_->name; }

}  // namespace sekisho::http
