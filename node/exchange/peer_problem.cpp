#include "node/exchange/peer_problem.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/json.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMostHelp = 16;
constexpr std::size_t kMostText = 512;

// Codes that speak of the peer's own operator or files must not be taken for this node's.
bool passes(Code code) {
  const int http = code_info(code).http;
  // Neither may a peer say what became of the client's own key.
  if (code == Code::IdempotencyMismatch || code == Code::IdempotencyRunning || code == Code::IdempotencyDelivered) return false;
  return http != 500 && code != Code::Unauthenticated && code != Code::TokenInvalid;
}

// A help value is a string, or an array where one name was given several times.
void take(std::string_view name, const Json& value, Error& out) {
  if (value.is_array()) {
    for (const auto& item : value.get_array()) {
      if (!item.is_array()) take(name, item, out);
    }
  } else if (value.is_string() && out.help.size() < kMostHelp) {
    const std::string text = std::string(value.get_string()).substr(0, kMostText);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    // These two become header fields of the answer.
    if (name == "allow") return;
    if (name == "retry_after_s" && (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), digit))) return;
    out.help.emplace_back(std::string(name), text);
  }
}

}  // namespace

Error error_of_problem(const http::ClientResponse& answer) {
  Error out(Code::PeerRefused, fmt::format("the provider answered {}", answer.status));
  const auto document = parse_json(answer.body, JsonLimits{64U << 10, 8, 256});
  if (!document || !document->is_object()) return out;
  const JsonObject& problem = document->get_object();
  const auto name = get_string(problem, "code");
  if (!name) return out;
  bool known = false;
  for (const CodeInfo& info : kCodeTable) {
    if (info.name == *name && passes(info.code)) {
      out.code = info.code;
      known = true;
    }
  }
  if (!known) out.help.emplace_back("peer_code", name->substr(0, kMostText));
  out.message = fmt::format("the provider answered {} {}", answer.status, known ? *name : "");
  const auto* help = problem.if_contains("help");
  if (help != nullptr && help->is_object()) {
    for (const auto& member : help->get_object()) take(member.key(), member.value(), out);
  }
  if (const auto correlation = get_optional_string(problem, "correlationId"); correlation && *correlation) {
    out.help.emplace_back("peer_correlation", (*correlation)->substr(0, 64));
  }
  return out;
}

}  // namespace sekisho::node
