// A server of plain sockets that does what it is told with each request: for faults that no good server makes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sekisho::conformance {

struct Request {
  std::string head;    // with the empty line
  std::string target;  // path and query
  std::string body;
  [[nodiscard]] std::string field(std::string_view name) const;      // of the head; empty: none
  [[nodiscard]] std::string parameter(std::string_view name) const;  // of the query
};

struct Reply {
  enum class Then : std::uint8_t { KeepOpen, Close, Reset, Hold };
  std::string octets;
  Then then = Then::KeepOpen;
};

class RawServer {
 public:
  // `answer` is called from several threads.
  explicit RawServer(std::function<Reply(const Request&)> answer);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  void accept_all();
  void serve(int fd);
  [[nodiscard]] bool wait(int fd, short what) const;  // false: stopping
  [[nodiscard]] bool send_all(int fd, std::string_view octets);

  std::function<Reply(const Request&)> answer_;
  std::uint16_t port_ = 0;  // before the socket, which fills it in
  int listening_ = -1;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

// A listening socket of this machine and its port; a port that nothing listens at.
[[nodiscard]] int listen_here(std::uint16_t& port);
[[nodiscard]] std::uint16_t dead_port();
[[nodiscard]] int connect_here(std::uint16_t port);
void reset(int fd);  // closes it so that the peer sees a reset

}  // namespace sekisho::conformance
