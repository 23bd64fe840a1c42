// A blocking socket that says exactly what a test tells it, and the listener it talks to. For the front door's tests.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/async/worker_pool.hpp"
#include "node/server/listener.hpp"

namespace sekisho::test {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    limit();
  }
  explicit RawClient(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    limit();
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return fd_; }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  void half_close() { ::shutdown(fd_, SHUT_WR); }

  // One answer with a Content-Length, or what came before the end.
  std::string answer() {
    while (true) {
      const auto end = in_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto at = in_.find("Content-Length: ");
        const std::size_t length = at < end ? std::stoul(in_.substr(at + 16)) : 0;
        if (in_.size() >= end + 4 + length) {
          std::string out = in_.substr(0, end + 4 + length);
          in_.erase(0, out.size());
          return out;
        }
      }
      if (!more()) return std::exchange(in_, std::string());
    }
  }

  // Everything until the server ends the connection. A reset counts as an end and is told apart by reset().
  std::string rest() {
    while (more()) {
    }
    return std::exchange(in_, std::string());
  }
  [[nodiscard]] bool reset() const { return reset_; }

 private:
  // A test that waits for what never comes fails instead of hanging.
  void limit() {
    const timeval span{15, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof span);
  }
  bool more() {
    char buffer[4096];
    const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n < 0) reset_ = true;
    if (n <= 0) return false;
    in_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool reset_ = false;
  std::string in_;
};

// A pool, a listener on a free port, and its pipeline.
struct TestServer {
  async::WorkerPool pool{2};
  std::shared_ptr<node::Pipeline> pipeline;
  std::unique_ptr<node::Listener> listener;

  TestServer(std::vector<node::Route> routes, node::ListenerOptions options, node::PipelineOptions rules = {}) {
    pipeline = std::make_shared<node::Pipeline>(node::Router::make(std::move(routes)).value(), std::move(rules));
    if (options.unix_path.empty()) options.address = "127.0.0.1";
    listener = node::Listener::start(pool, std::move(options), pipeline).value();
  }
  ~TestServer() {
    listener.reset();
    pool.stop();
  }
};

inline int status_of(std::string_view answer) {
  return answer.size() > 12 && answer.starts_with("HTTP/1.1 ") ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

}  // namespace sekisho::test
