#include "node/api/cors.hpp"

#include <algorithm>

namespace sekisho::node {
namespace {

constexpr const char* kExposed =
    "Location, Retry-After, Sekisho-Agreement, Sekisho-Exchange, Sekisho-Intent, Sekisho-Transfer, Sekisho-Log, Sekisho-Statement, "
    "Sekisho-Salt, Sekisho-Correlation-Id";

std::optional<std::string> allowed(const std::vector<std::string>& origins, const http::Headers& asked) {
  const auto origin = asked.find("Origin");
  if (!origin || asked.count("Origin") != 1) return std::nullopt;
  if (std::find(origins.begin(), origins.end(), *origin) == origins.end()) return std::nullopt;
  return std::string(*origin);
}

}  // namespace

std::optional<http::Response> preflight(const std::vector<std::string>& origins, const http::Request& request) {
  if (request.method != "OPTIONS" || !request.headers.has("Access-Control-Request-Method")) return std::nullopt;
  if (!allowed(origins, request.headers)) return std::nullopt;
  http::Response response;
  response.status = 204;
  response.headers.set("Access-Control-Allow-Methods", "GET, POST");
  response.headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key");
  response.headers.set("Access-Control-Max-Age", "600");
  return response;
}

void add_cors(const std::vector<std::string>& origins, const http::Headers& asked, http::Response& response) {
  if (origins.empty()) return;
  response.headers.set("Vary", "Origin");
  const auto origin = allowed(origins, asked);
  if (!origin) return;
  response.headers.set("Access-Control-Allow-Origin", *origin);
  response.headers.set("Access-Control-Expose-Headers", kExposed);
}

}  // namespace sekisho::node
