// Inside node/server only: one connection from handshake to goodbye, and what a worker knows of its connections.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/async/event.hpp"
#include "base/async/task.hpp"
#include "base/http/server_connection.hpp"
#include "node/server/body_room.hpp"
#include "node/server/listener.hpp"

namespace sekisho::node {

class Session;

// Touched by its worker's thread only.
struct Desk {
  explicit Desk(async::Executor e) : executor(std::move(e)), stop(executor) {}
  async::Executor executor;
  std::list<std::weak_ptr<Session>> sessions;
  async::Event stop;
  bool draining = false;
};

// What all sessions of a listener share.
struct Floor {
  ListenerOptions options;
  std::shared_ptr<Pipeline> pipeline;
  BodyRoom bodies;
  std::vector<std::unique_ptr<Desk>> desks;

  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused_over_limit{0};
  std::atomic<std::uint64_t> exhausted{0};
  std::atomic<std::uint64_t> failed_handshakes{0};
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> closed_by_judge{0};
  std::atomic<std::uint64_t> requests{0};

  // Guards the counts below and wakes the drain.
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t open = 0;
  std::map<std::string, std::size_t, std::less<>> open_of_peer;
  std::size_t loops = 0;  // accept loop and watchers that still run
  bool hurry = false;

  std::mutex tls_mutex;
  std::shared_ptr<const http::TlsServerContext> tls;

  // False when a limit forbids one more connection of this address.
  [[nodiscard]] bool enter(const std::string& address, bool unix_socket);
  void leave(const std::string& address, bool unix_socket);
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Floor> floor, Desk& desk, std::shared_ptr<http::Peer> peer);

  // The whole life; ends when the connection does. A static function with values, as all spawned coroutines.
  static async::Task<void> live(std::shared_ptr<Floor> floor, Desk* desk, http::Socket socket, std::string address);

  // By the worker's watcher: closes when the present step is late.
  void watch(async::SteadyTime now);
  void drain();  // close if idle, else after the present exchange
  void close_now() { connection_->stream().close(); }
  void judge_again();

 private:
  async::Task<bool> handshake();
  async::Task<void> converse();
  async::Task<bool> exchange();  // one request and its answer; false: the connection ends
  async::Task<bool> answer(http::Response response, bool keep_alive, int version_minor);
  void judge_peer();  // of a presented chain, now
  async::Task<bool> refuse(Error error, http::Request request, bool keep_alive, int version_minor);

  void allow(std::chrono::milliseconds span) { late_at_ = std::chrono::steady_clock::now() + span; }

  std::shared_ptr<Floor> floor_;
  Desk& desk_;
  std::shared_ptr<const http::Peer> peer_;
  http::TlsStream* tls_ = nullptr;  // inside connection_
  std::unique_ptr<http::ServerConnection> connection_;
  async::SteadyTime late_at_ = async::SteadyTime::max();
  bool idle_ = false;
  bool draining_ = false;
  bool parting_ = false;  // saying goodbye; being slow at that is nobody's fault
};

}  // namespace sekisho::node
