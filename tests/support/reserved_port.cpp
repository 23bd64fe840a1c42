#include "tests/support/reserved_port.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace sekisho::test {
namespace {

constexpr int kFirst = 10000;
constexpr int kLast = 65535;

std::vector<std::uint16_t> listening_ports() {
  int first_outgoing = 0, last_outgoing = 0;
  if (!(std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first_outgoing >> last_outgoing)) {
    throw std::runtime_error("the ports of outgoing connections cannot be read");
  }
  std::vector<std::uint16_t> ports;
  for (int port = kFirst; port <= kLast; ++port) {
    if (port < first_outgoing || port > last_outgoing) ports.push_back(static_cast<std::uint16_t>(port));
  }
  return ports;
}

// An abstract socket name belongs to one process of the network namespace, as the port does; the kernel gives it back
// when the process ends, however it ends. So the socket stays open.
bool hold(std::uint16_t port) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string text = "sekisho-port-" + std::to_string(port);
  text.copy(name.sun_path + 1, sizeof name.sun_path - 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0) return true;
  ::close(fd);
  return false;
}

// As a server binds: what lingers of ended connections does not matter, who listens does.
bool can_be_bound(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  const bool bound = ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     ::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  ::close(fd);
  return bound;
}

}  // namespace

std::uint16_t reserve_port() {
  const std::vector<std::uint16_t> ports = listening_ports();
  const std::size_t start = std::random_device()();
  for (std::size_t n = 0; n < ports.size(); ++n) {
    const std::uint16_t port = ports[(start + n) % ports.size()];
    if (hold(port) && can_be_bound(port)) return port;
  }
  throw std::runtime_error("no port is left outside those of outgoing connections");
}

}  // namespace sekisho::test
