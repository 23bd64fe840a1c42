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
  return http != 500 && code != Code::Unauthenticated && code != Code::TokenInvalid;
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
  if (!known) out = std::move(out).with("peer_code", name->substr(0, kMostText));
  out.message = fmt::format("the provider answered {} {}", answer.status, known ? *name : "");
  for (const auto& member : problem) {
    const std::string_view key(member.key().data(), member.key().size());
    static constexpr std::string_view kOwn[] = {"type", "title", "status", "detail", "code", "correlationId", "instance"};
    if (std::find(std::begin(kOwn), std::end(kOwn), key) != std::end(kOwn) || out.help.size() >= kMostHelp) continue;
    if (member.value().is_string()) {
      out = std::move(out).with(std::string(key), std::string(member.value().get_string()).substr(0, kMostText));
    } else if (member.value().is_array()) {
      for (const auto& item : member.value().get_array()) {
        if (item.is_string() && out.help.size() < kMostHelp) {
          out = std::move(out).with(std::string(key), std::string(item.get_string()).substr(0, kMostText));
        }
      }
    }
  }
  if (const auto correlation = get_optional_string(problem, "correlationId"); correlation && *correlation) {
    out = std::move(out).with("peer_correlation", (*correlation)->substr(0, 64));
  }
  return out;
}

}  // namespace sekisho::node
