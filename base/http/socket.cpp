#include "base/http/socket.hpp"

#include <array>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/async/with_deadline.hpp"
#include "base/http/resolver.hpp"
#include "base/http/socket_handle.hpp"

namespace sekisho::http {
namespace {

namespace net = boost::asio;
using net::ip::tcp;

Socket wrap(GenericSocket socket) {
  // Refused by Unix sockets, which have nothing to delay.
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  return Socket(std::make_unique<Socket::Handle>(Socket::Handle{std::move(socket)}));
}

async::Task<Result<Socket>> connect_endpoint(net::generic::stream_protocol::endpoint endpoint, std::string name) {
  auto executor = co_await net::this_coro::executor;
  GenericSocket socket(executor);
  auto connected = co_await socket.async_connect(endpoint, net::as_tuple(net::use_awaitable));
  if (auto& [ec] = connected; ec) co_return fail(socket_error(ec, "cannot connect to " + name));
  co_return wrap(std::move(socket));
}

async::Task<Result<Socket>> connect_first(std::vector<std::string> addresses, std::string name, std::uint16_t port) {
  Error last(Code::Connection, name + " has no address that can be connected to");
  for (const std::string& address : addresses) {
    boost::system::error_code ec;
    const auto ip = net::ip::make_address(address, ec);
    if (ec) continue;
    auto socket = co_await connect_endpoint(tcp::endpoint(ip, port), name);
    if (socket) co_return socket;
    last = socket.error();
  }
  co_return fail(last);
}

}  // namespace

Error socket_error(const boost::system::error_code& ec, const std::string& what) {
  if (ec == net::error::operation_aborted || ec == net::error::bad_descriptor) {
    return Error(Code::Cancelled, what + ": closed on this side");
  }
  return Error(Code::Connection, what + ": " + ec.message());
}

Socket::Socket(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Socket::Socket(Socket&&) noexcept = default;
Socket& Socket::operator=(Socket&&) noexcept = default;
Socket::~Socket() = default;

std::string Socket::remote_address() const {
  boost::system::error_code ec;
  const auto remote = handle_->socket.remote_endpoint(ec);
  if (ec) return "unknown";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* address = remote.data();
  if (remote.protocol().family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(address);
    return ::inet_ntop(AF_INET, &in->sin_addr, text.data(), text.size()) != nullptr ? text.data() : "unknown";
  }
  if (remote.protocol().family() == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(address);
    return ::inet_ntop(AF_INET6, &in->sin6_addr, text.data(), text.size()) != nullptr ? text.data() : "unknown";
  }
  return "unix";
}

bool Socket::is_unix() const {
  boost::system::error_code ec;
  const auto local = handle_->socket.local_endpoint(ec);
  return !ec && local.protocol().family() == AF_UNIX;
}

uid_t Socket::peer_uid() const {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  const int fd = const_cast<GenericSocket&>(handle_->socket).native_handle();
  if (!is_unix() || ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return static_cast<uid_t>(-1);
  return credentials.uid;
}

async::Task<Result<Socket>> connect_tcp(std::string address, std::uint16_t port, async::Deadline deadline) {
  boost::system::error_code ec;
  const auto ip = net::ip::make_address(address, ec);
  if (ec) co_return fail(Code::InvalidArgument, address + " is not an IP address");
  const std::string name = address + ":" + std::to_string(port);
  auto connecting = connect_endpoint(tcp::endpoint(ip, port), name);
  co_return co_await async::with_deadline(deadline, std::move(connecting), "connecting to " + name);
}

async::Task<Result<Socket>> connect_unix(std::string path, async::Deadline deadline) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    co_return fail(Code::InvalidArgument, "the socket path " + path + " is too long");
  auto connecting = connect_endpoint(net::local::stream_protocol::endpoint(path), path);
  co_return co_await async::with_deadline(deadline, std::move(connecting), "connecting to " + path);
}

async::Task<Result<Socket>> connect_name(std::shared_ptr<const Resolver> resolver, std::string name, std::uint16_t port,
                                         async::Deadline deadline) {
  auto addresses = co_await resolver->resolve(name, deadline);
  if (!addresses) co_return fail(addresses.error());
  auto connecting = connect_first(std::move(*addresses), name, port);
  co_return co_await async::with_deadline(deadline, std::move(connecting), "connecting to " + name);
}

}  // namespace sekisho::http
