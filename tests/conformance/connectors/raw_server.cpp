#include "tests/conformance/connectors/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace sekisho::conformance {

namespace {

constexpr int kTickMs = 20;  // between looks at whether the server ends

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

int listen_here(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool up = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(fd, 64) == 0 &&
                  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!up) throw std::runtime_error("cannot listen on this machine");
  port = ntohs(address.sin_port);
  return fd;
}

std::uint16_t dead_port() {
  std::uint16_t port = 0;
  ::close(listen_here(port));
  return port;
}

int connect_here(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

void reset(int fd) {
  const linger hard{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd);
}

std::string Request::field(std::string_view name) const {
  std::size_t start = head.find("\r\n");
  while (start != std::string::npos) {
    start += 2;
    const std::size_t end = head.find("\r\n", start);
    if (end == std::string::npos) return {};
    const std::size_t colon = head.find(':', start);
    if (colon == start + name.size() && ::strncasecmp(head.c_str() + start, name.data(), name.size()) == 0) {
      // One blank follows the colon; what comes after it is the value, blanks too.
      return head.substr(std::min(colon + 2, end), end - std::min(colon + 2, end));
    }
    start = end;
  }
  return {};
}

std::string Request::parameter(std::string_view name) const {
  const std::string text = "&" + target.substr(std::min(target.find('?'), target.size() - 1) + 1) + "&";
  const std::string wanted = "&" + std::string(name) + "=";
  const std::size_t at = text.find(wanted);
  if (at == std::string::npos) return {};
  return text.substr(at + wanted.size(), text.find('&', at + 1) - at - wanted.size());
}

RawServer::RawServer(std::function<Reply(const Request&)> answer)
    : answer_(std::move(answer)), listening_(listen_here(port_)), accepting_([this] { accept_all(); }) {}

RawServer::~RawServer() {
  stopping_ = true;
  accepting_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listening_);
}

bool RawServer::wait(int fd, short what) const {
  while (!stopping_) {
    pollfd waiting{fd, what, 0};
    if (::poll(&waiting, 1, kTickMs) > 0) return true;
  }
  return false;
}

void RawServer::accept_all() {
  while (wait(listening_, POLLIN)) {
    const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) continue;
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

bool RawServer::send_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    if (!wait(fd, POLLOUT)) return false;
    const ssize_t n = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (n <= 0) continue;
    octets.remove_prefix(static_cast<std::size_t>(n));
    sent_ += static_cast<std::uint64_t>(n);
  }
  return true;
}

void RawServer::serve(int fd) {
  std::string unread;
  for (;;) {
    Request request;
    std::size_t size = 0;
    for (;;) {
      const std::size_t end = unread.find("\r\n\r\n");
      if (end != std::string::npos) {
        request.head = unread.substr(0, end + 4);
        const std::string length = request.field("Content-Length");
        size = end + 4 + (length.empty() ? 0 : std::stoul(length));
        if (unread.size() >= size) break;
      }
      char piece[8192];
      const ssize_t n = wait(fd, POLLIN) ? ::recv(fd, piece, sizeof piece, 0) : 0;
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (n <= 0) {
        ::close(fd);
        return;
      }
      unread.append(piece, static_cast<std::size_t>(n));
    }
    const std::size_t blank = request.head.find(' ');
    request.target = request.head.substr(blank + 1, request.head.find(' ', blank + 1) - blank - 1);
    request.body = unread.substr(request.head.size(), size - request.head.size());
    unread.erase(0, size);
    const Reply reply = answer_(request);
    const bool sent = send_all(fd, reply.octets);
    if (sent && reply.then == Reply::Then::KeepOpen) continue;
    if (reply.then == Reply::Then::Hold) (void)wait(fd, POLLIN);  // until the caller gives up
    if (reply.then == Reply::Then::Reset) {
      reset(fd);
    } else {
      ::close(fd);
    }
    return;
  }
}

}  // namespace sekisho::conformance
