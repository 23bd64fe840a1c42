// A source over HTTP, on a thread of its own, that answers only when it is let.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "base/async/worker_pool.hpp"
#include "base/core/json.hpp"
#include "tests/support/handler_server.hpp"

namespace sekisho::test {

class HeldSource {
 public:
  HeldSource() {
    const auto gate = gate_;
    server_ = start_handler(pool_.executor(0), [gate](const Asked&) {
      std::unique_lock lock(gate->mutex);
      ++gate->asked;
      gate->changed.wait(lock, [&] { return gate->open; });
      const std::string body = "{\"n\":1}\n";
      return "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body;
    });
  }
  ~HeldSource() {
    let();
    pool_.stop();
  }

  [[nodiscard]] JsonObject manifest() const { return {{"kind", "http"}, {"url", "http://" + address() + "/rows"}}; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(server_->port); }
  [[nodiscard]] std::size_t asked() const {
    const std::lock_guard lock(gate_->mutex);
    return gate_->asked;
  }
  void let() {
    const std::lock_guard lock(gate_->mutex);
    gate_->open = true;
    gate_->changed.notify_all();
  }

 private:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    std::size_t asked = 0;
  };
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  async::WorkerPool pool_{1};
  std::shared_ptr<HandlerServer> server_;
};

}  // namespace sekisho::test
