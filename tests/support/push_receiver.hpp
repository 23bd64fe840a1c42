// An endpoint that data are pushed to: HTTPS on loopback under the name "in.trade.eu.example", on a thread of its own, which
// keeps what it took and answers as it is told.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/async/worker_pool.hpp"
#include "tests/support/handler_server.hpp"
#include "tests/support/tls_files.hpp"

namespace sekisho::test {

inline constexpr const char* kSinkName = "in.trade.eu.example";
inline const std::string kTaken = "HTTP/1.1 204 No Content\r\n\r\n";

[[nodiscard]] inline std::string answer_of(int status, const std::string& fields = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n" + fields + "\r\n";
}

class PushReceiver {
 public:
  // certificate: the name that its certificate carries.
  explicit PushReceiver(const std::string& certificate = kSinkName) : authority_("push receivers") {
    const auto tls = http::TlsServerContext::make(authority_.issue(certificate), false);
    auto kept = state_;
    server_ = start_handler(pool_.executor(0), [kept](const Asked& asked) {
      const std::lock_guard lock(kept->mutex);
      std::string answer = kept->answer ? kept->answer(asked) : kTaken;
      if (answer.starts_with("HTTP/1.1 2")) kept->taken.push_back(asked);
      ++kept->requests;
      return answer;
    }, *tls);
  }
  // The thread first: what it serves lives in its executor.
  ~PushReceiver() { pool_.stop(); }
  PushReceiver(const PushReceiver&) = delete;
  PushReceiver& operator=(const PushReceiver&) = delete;

  // Empty: no answer, the connection is held. Before anything is pushed, or under its own order.
  void answer(Answering answering) {
    const std::lock_guard lock(state_->mutex);
    state_->answer = std::move(answering);
  }
  [[nodiscard]] std::uint16_t port() const { return server_->port; }
  [[nodiscard]] std::string endpoint() const {
    return "https://" + std::string(kSinkName) + ":" + std::to_string(port()) + "/sink?tenant=1";
  }
  [[nodiscard]] const std::string& ca_pem() const { return authority_.certificate_pem(); }
  // What was answered with 2xx, in order.
  [[nodiscard]] std::vector<Asked> taken() const {
    const std::lock_guard lock(state_->mutex);
    return state_->taken;
  }
  [[nodiscard]] std::size_t requests() const {
    const std::lock_guard lock(state_->mutex);
    return state_->requests;
  }
  // The bodies of what was taken, one behind the other; of one exchange where it is named.
  [[nodiscard]] std::string octets(const std::string& exchange = "") const {
    std::string all;
    for (const Asked& one : taken()) {
      if (exchange.empty() || one.field("Sekisho-Exchange") == exchange) all += one.body;
    }
    return all;
  }

 private:
  struct State {
    std::mutex mutex;
    Answering answer;
    std::vector<Asked> taken;
    std::size_t requests = 0;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
  TestAuthority authority_;
  async::WorkerPool pool_{1};
  std::shared_ptr<HandlerServer> server_;
};

}  // namespace sekisho::test
