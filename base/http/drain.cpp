#include "base/http/drain.hpp"

#include <array>
#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>
#include <sys/socket.h>

namespace sekisho::http {

namespace net = boost::asio;

async::Task<void> say_goodbye(GenericSocket& socket, std::size_t most) {
  boost::system::error_code ignored;
  socket.shutdown(net::socket_base::shutdown_send, ignored);
  std::array<char, 4096> dropped{};
  for (std::size_t total = 0; total < most;) {
    auto got = co_await socket.async_read_some(net::buffer(dropped), net::as_tuple(net::use_awaitable));
    auto& [ec, n] = got;
    if (ec) break;
    total += n;
  }
  socket.close(ignored);
}

bool is_quiet(const GenericSocket& socket) {
  if (!socket.is_open()) return false;
  char octet = 0;
  const int fd = const_cast<GenericSocket&>(socket).native_handle();
  return ::recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool is_gone(const GenericSocket& socket) {
  if (!socket.is_open()) return true;
  pollfd end{const_cast<GenericSocket&>(socket).native_handle(), POLLRDHUP, 0};
  return ::poll(&end, 1, 0) > 0 && (end.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

}  // namespace sekisho::http
