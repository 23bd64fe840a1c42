// From a complete request to an answer: request id → metrics → admission → deadline → access rule → handler.
// The order is one function, run() in pipeline.cpp, with a reason at each line. Shared by all workers; thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/error.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/server/router.hpp"

namespace sekisho::node {

// One answered request. route is the pattern, or "-" where none was found: labels stay few whatever strangers send.
struct Observed {
  std::string_view listener;
  std::string_view route;
  std::string_view method;  // "-" where no head could be read
  int status;
  std::chrono::nanoseconds took;
  const Error* error;  // why it was refused by the server itself; null for a handler's own answer
  std::string_view correlation_id;
};

// Runs on the worker; must be quick and must not throw.
using Observer = std::function<void(const Observed&)>;

using Authenticate = std::function<Result<std::shared_ptr<const ClientIdentity>>(std::string_view token)>;

struct PipelineOptions {
  std::string listener = "peer";               // its name in metrics
  std::size_t most_running = 1024;             // exchanges of this listener at once; over it 503 with Retry-After
  std::chrono::milliseconds deadline{30'000};  // given to each request
  Authenticate authenticate;                   // needed by routes with Access::client; without it they answer 401
  Observer observe;
  // Runs before route and access on every request, e.g. CORS answers to OPTIONS; an answer ends the request.
  std::function<std::optional<http::Response>(const http::Request&)> first;
  // Runs on every answer before it is written, refusals included, with the request's header fields.
  std::function<void(const http::Headers&, http::Response&)> last;
  // May rewrite a refusal of the server's own (it comes as a problem document) for paths whose protocol has error
  // documents of its own. path: decoded, or the raw target where that could not be read. Status and body only: what
  // the head says of closing, retrying and methods is kept.
  std::function<void(const Error&, std::string_view path, http::Response&)> dress;
};

class Pipeline {
 public:
  Pipeline(std::shared_ptr<const Router> router, PipelineOptions options);

  // Before the body is read: the route and so the body's limit. Errors as Router::find; a refused access is found here
  // too, so that a stranger's body is not read.
  struct Admitted {
    const Route* route;
  };
  [[nodiscard]] Result<Admitted> admit(http::Request& request) const;

  // The answer of options.first, if it gives one, completed as every other.
  [[nodiscard]] std::optional<http::Response> early(http::Request& request) const;

  // The request as the listener read it, admitted. Never throws; always an answer with Sekisho-Correlation-Id.
  async::Task<http::Response> run(Admitted admitted, http::Request request);

  // A refusal that the server itself gives: problem document or what options.dress makes of it, correlation id,
  // observed. A refused caller's (401) closes the connection; the judge's code goes out with 401 whatever the table
  // says, a stale snapshot stays 503.
  [[nodiscard]] http::Response refuse(const Error& error, http::Request& request) const;

  // A fresh correlation id: UUIDv7 text.
  [[nodiscard]] std::string correlation_id() const;

  // Admitted requests are refused with 503 DRAINING from now on.
  void set_draining(bool draining) { draining_ = draining; }
  [[nodiscard]] std::size_t running() const { return running_; }
  [[nodiscard]] const PipelineOptions& options() const { return options_; }

 private:
  struct Running;
  void complete(http::Response& response, std::string_view correlation_id, const http::Headers& request_headers) const;
  void dress(const Error& error, std::string_view path, http::Response& response) const;
  [[nodiscard]] Status check_access(const Access& access, http::Request& request) const;

  std::shared_ptr<const Router> router_;
  PipelineOptions options_;
  std::atomic<std::size_t> running_{0};
  std::atomic<bool> draining_{false};
  mutable std::atomic<std::uint64_t> sequence_;
};

}  // namespace sekisho::node
