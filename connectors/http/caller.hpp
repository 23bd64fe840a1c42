// One source's calls: the egress list, its identity, its rate, repeats. Shared by all readers of the source.
//
// A call is repeated for a broken connection, 429, 502, 503 and 504: at most four times in all, after Retry-After or a
// growing, scattered pause, and never beyond the deadline. A 401 renews the token once. No redirect is followed.
// Errors: SourceFailed, SourceTimeout, AnswerTooLarge, Cancelled, Forbidden (egress); never with a secret or a query.
// Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/http/client.hpp"
#include "base/http/url.hpp"
#include "connectors/connector.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

struct SourceCall {
  std::string target;  // path and query
  http::Headers headers;
  const std::atomic<bool>* cancelled = nullptr;  // outlives the call
};

class Caller {
 public:
  // Forbidden when a host of the plan is not on the egress list.
  [[nodiscard]] static Result<std::shared_ptr<Caller>> make(const HttpPlan& plan, const Context& context);

  // The answer, whatever its status is after the repeats.
  [[nodiscard]] async::Task<Result<http::ClientResponse>> call(SourceCall call, async::Deadline deadline);

  [[nodiscard]] const http::Url& base() const { return base_; }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  Caller(const HttpPlan& plan, const Context& context) : plan_(plan), context_(context) {}

  [[nodiscard]] Result<std::string> resolve(const SecretText& text) const;
  [[nodiscard]] Result<http::ClientRequest> build(const SourceCall& call, const std::string& token,
                                                  async::Deadline deadline) const;
  [[nodiscard]] Result<http::ClientRequest> token_request(async::Deadline deadline) const;
  [[nodiscard]] Result<std::string> keep_token(const http::ClientResponse& answer);
  [[nodiscard]] std::string kept_token();
  void drop_token();
  [[nodiscard]] bool needs_token() const;
  [[nodiscard]] async::Task<Result<std::string>> token(async::Deadline deadline);
  [[nodiscard]] async::Task<Status> pause(std::chrono::milliseconds span, const std::atomic<bool>* cancelled,
                                          async::Deadline deadline);
  [[nodiscard]] std::chrono::milliseconds turn();
  [[nodiscard]] async::Task<Result<http::ClientResponse>> once(const SourceCall& call, async::Deadline deadline);
  [[nodiscard]] async::Task<Result<http::ClientResponse>> fetch(http::ClientRequest request,
                                                                const std::atomic<bool>* cancelled);
  [[nodiscard]] Error failed(const Error& below) const;

  const HttpPlan plan_;
  const Context& context_;
  http::Url base_;
  std::string where_;
  std::shared_ptr<http::Client> client_;
  std::mutex mutex_;
  std::string token_;
  async::SteadyTime token_until_{};
  async::SteadyTime next_call_{};
};

}  // namespace sekisho::connectors
