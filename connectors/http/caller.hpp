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

inline const std::atomic<bool> kNeverStopped{false};

struct SourceCall {
  std::string method = "GET";
  std::string body;
  bool repeat = true;  // false: what may have been done is not done again, only 429 and 503 are repeated
  std::string target;  // path and query
  http::Headers headers;
  std::vector<FieldPlan> fields;                   // of the stream
  const std::atomic<bool>* stop = &kNeverStopped;  // outlives the call; raised: Cancelled within 100 ms
};

class Caller {
 public:
  // Forbidden when a host of the plan is not on the egress list.
  [[nodiscard]] static Result<std::shared_ptr<Caller>> make(const HttpPlan& plan, const Context& context);

  // The whole answer, whatever its status is after the repeats.
  [[nodiscard]] async::Task<Result<http::ClientResponse>> call(SourceCall call, async::Deadline deadline);

  // The head of an answer whose body is pulled; no length is too long. The reader's own deadline is that of the head.
  [[nodiscard]] async::Task<Result<http::ResponseReader>> open(SourceCall call, async::Deadline deadline);

  // SourceTimeout at once when the deadline comes first.
  [[nodiscard]] async::Task<Status> pause(std::chrono::milliseconds span, const std::atomic<bool>& stop,
                                          async::Deadline deadline);

  [[nodiscard]] const http::Url& base() const { return base_; }
  [[nodiscard]] const std::string& where() const { return where_; }
  // An error of the client as the source's.
  [[nodiscard]] Error failed(const Error& below) const;

 private:
  Caller(const HttpPlan& plan, const Context& context) : plan_(plan), context_(context) {}

  [[nodiscard]] Result<std::string> resolve(const SecretText& text) const;
  [[nodiscard]] Result<http::ClientRequest> build(const SourceCall& call, const std::string& token,
                                                  async::Deadline deadline) const;
  [[nodiscard]] Status add_fields(const std::vector<FieldPlan>& fields, http::Headers& headers) const;
  [[nodiscard]] Status add_identity(const std::string& token, http::ClientRequest& request) const;
  [[nodiscard]] Result<http::ClientRequest> token_request(async::Deadline deadline) const;
  [[nodiscard]] Result<std::string> assertion(const std::string& client) const;
  [[nodiscard]] Result<std::string> keep_token(const http::ClientResponse& answer);
  [[nodiscard]] bool learn_clock(const http::ClientResponse& answer);
  [[nodiscard]] std::string kept_token();
  void drop_token(const std::string& refused);
  [[nodiscard]] bool needs_token() const;
  [[nodiscard]] async::Task<Result<std::string>> token(const std::atomic<bool>& stop, async::Deadline deadline);
  [[nodiscard]] std::chrono::milliseconds turn();
  [[nodiscard]] async::Task<Result<http::ResponseReader>> begin(const SourceCall& call, std::string& bearer,
                                                                std::size_t limit, async::Deadline deadline);
  [[nodiscard]] async::Task<Result<http::ClientResponse>> whole(http::ClientRequest request,
                                                                const std::atomic<bool>& stop);

  const HttpPlan plan_;
  const Context& context_;
  http::Url base_;
  std::string where_;
  std::shared_ptr<http::Client> client_;
  std::mutex mutex_;
  std::string token_;
  async::SteadyTime token_until_{};
  async::SteadyTime next_call_{};
  std::atomic<std::int64_t> clock_ahead_{0};  // seconds of the token server before this machine
};

}  // namespace sekisho::connectors
