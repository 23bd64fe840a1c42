#include "node/server/pipeline.hpp"

#include <array>
#include <exception>
#include <random>
#include <utility>

#include <unistd.h>

#include "base/core/clock.hpp"
#include "base/core/uuid.hpp"
#include "base/http/problem.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kCorrelation = "Sekisho-Correlation-Id";

// Ids must differ, not be secret: a start value from the system and a counter, spread over all bits (splitmix64).
std::uint64_t spread(std::uint64_t v) {
  v += 0x9e3779b97f4a7c15ULL;
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9ULL;
  v = (v ^ (v >> 27)) * 0x94d049bb133111ebULL;
  return v ^ (v >> 31);
}

std::uint64_t random_start() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// RFC 6750 section 2.1: one scheme, one space, a token without spaces.
std::string_view bearer_token(const http::Headers& headers) {
  constexpr std::string_view kScheme = "Bearer ";
  if (headers.count("Authorization") != 1) return {};
  const auto value = headers.get("Authorization");
  if (value.size() <= kScheme.size() || !http::same_name(value.substr(0, kScheme.size()), kScheme)) return {};
  const auto token = value.substr(kScheme.size());
  return token.find(' ') == std::string_view::npos && token.size() <= 4096 ? token : std::string_view();
}

int refusal_status(const Error& error, const http::Request& request) {
  const int status = code_info(error.code).http;
  const bool judged = request.peer && request.peer->refusal && request.peer->refusal->code == error.code;
  return judged && status != 503 ? 401 : status;
}

}  // namespace

Pipeline::Pipeline(std::shared_ptr<const Router> router, PipelineOptions options)
    : router_(std::move(router)), options_(std::move(options)), sequence_(random_start()) {}

std::string Pipeline::correlation_id() const {
  static const std::uint64_t kProcess = random_start();
  const std::uint64_t number = sequence_.fetch_add(1, std::memory_order_relaxed);
  Bytes random;
  random.reserve(16);
  append(random, be64(spread(number)));
  append(random, be64(spread(kProcess ^ number)));
  const auto now = std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
  return to_text(make_uuid_v7(now, random));
}

void Pipeline::complete(http::Response& response, std::string_view id, const http::Headers& request_headers) const {
  response.headers.set(kCorrelation, std::string(id));
  if (options_.last) options_.last(request_headers, response);
}

void Pipeline::dress(const Error& error, std::string_view path, http::Response& response) const {
  if (options_.dress) options_.dress(error, path, response);
}

http::Response Pipeline::refuse(const Error& error, http::Request& request) const {
  if (request.correlation_id.empty()) request.correlation_id = correlation_id();
  http::Response response = http::problem(error, request.correlation_id, refusal_status(error, request));
  response.close = response.status == 401;
  if (response.status == 401 && options_.authenticate) response.headers.set("WWW-Authenticate", "Bearer");
  dress(error, request.path.empty() ? request.target : request.path, response);
  complete(response, request.correlation_id, request.headers);
  if (options_.observe) {
    const std::string_view method = request.method.empty() ? std::string_view("-") : std::string_view(request.method);
    options_.observe({options_.listener, "-", method, response.status, {}, &error, request.correlation_id});
  }
  return response;
}

std::optional<http::Response> Pipeline::early(http::Request& request) const {
  if (!options_.first) return std::nullopt;
  auto response = options_.first(request);
  if (response) complete(*response, request.correlation_id, request.headers);
  return response;
}

Status Pipeline::check_access(const Access& access, http::Request& request) const {
  const http::Peer& peer = *request.peer;
  switch (access.kind()) {
    case Access::Kind::Open: return {};
    case Access::Kind::Participant:
      if (peer.identity) return {};
      if (peer.refusal) return fail(*peer.refusal);
      return fail(Code::Unauthenticated, "no client certificate");
    case Access::Kind::Client: {
      const auto token = bearer_token(request.headers);
      if (token.empty() || !options_.authenticate) return fail(Code::Unauthenticated, "no bearer token");
      auto client = options_.authenticate(token);
      if (!client) return fail(client.error());
      if (!access.scope().empty() && !(*client)->scopes.contains(access.scope())) {
        return fail(
            Error(Code::Forbidden, "the token of " + (*client)->id + " lacks a scope").with("scope", access.scope()));
      }
      request.caller = std::move(*client);
      return {};
    }
    case Access::Kind::OperatorSocket:
      if (peer.unix_socket && (peer.uid == ::geteuid() || peer.uid == 0)) return {};
      return fail(Code::Forbidden, "not the operator's socket or user");
  }
  return fail(Code::Internal, "an access rule without a meaning");
}

Result<Pipeline::Admitted> Pipeline::admit(http::Request& request) const {
  auto match = router_->find(request.method, request.segments);
  if (!match) return fail(match.error());
  if (auto allowed = check_access(match->route->access, request); !allowed) return fail(allowed.error());
  request.params = std::move(match->params);
  return Admitted{match->route};
}

// Counted admission: over the limit the answer is quick, and the ones that run keep their speed.
struct Pipeline::Running {
  std::atomic<std::size_t>& count;
  std::size_t before;
  explicit Running(std::atomic<std::size_t>& c) : count(c), before(c.fetch_add(1)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { count.fetch_sub(1); }
};

async::Task<http::Response> Pipeline::run(Admitted admitted, http::Request request) {
  const auto started = std::chrono::steady_clock::now();
  const Route& route = *admitted.route;
  // Kept before the request moves into the handler.
  const std::string id = request.correlation_id;
  const std::string method = request.method;
  const std::string path = options_.dress ? request.path : std::string();
  const http::Headers request_headers = options_.last ? request.headers : http::Headers();

  http::Response response;
  std::optional<Error> error;
  // A stopping node takes nothing new.
  if (draining_) error = Error(Code::Draining, "the node is stopping").with("retry_after_s", "5");
  const Running running(running_);
  if (!error && running.before >= options_.most_running) {
    error = Error(Code::Busy, "the listener runs its limit of exchanges").with("retry_after_s", "1");
  }
  if (!error) {
    // From here on everybody who does a part of the work takes what is left of this.
    request.deadline = async::Deadline::in(options_.deadline);
    try {
      response = co_await route.handler(std::move(request));
    } catch (const std::exception& e) {
      error = Error(Code::Internal, std::string("a handler threw: ") + e.what());
    }
  }
  if (error) {
    response = http::problem(*error, id);
    dress(*error, path, response);
  }
  if (error && error->code == Code::Draining) response.close = true;
  complete(response, id, request_headers);
  if (options_.observe) {
    options_.observe({options_.listener, route.pattern, method, response.status,
                      std::chrono::steady_clock::now() - started, error ? &*error : nullptr, id});
  }
  co_return response;
}

}  // namespace sekisho::node
