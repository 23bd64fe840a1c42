#include "base/http/problem.hpp"

#include "base/core/json.hpp"

namespace sekisho::http {
namespace {

std::string problem_body(const Error& error, int status, std::string_view correlation_id) {
  const CodeInfo& info = code_info(error.code);
  JsonObject document;
  document["type"] = "urn:sekisho:error:" + std::string(info.name);
  document["title"] = info.title;
  document["status"] = status;
  document["code"] = info.name;
  document["detail"] = info.mend;
  document["correlationId"] = correlation_id;
  if (!error.help.empty()) {
    JsonObject help;
    for (const auto& [name, value] : error.help) {
      auto* present = help.if_contains(name);
      if (present == nullptr) {
        help[name] = value;
      } else if (present->is_array()) {
        present->as_array().emplace_back(value);
      } else {
        Json first = *present;
        *present = JsonArray{std::move(first), Json(value)};
      }
    }
    document["help"] = std::move(help);
  }
  return to_text(Json(std::move(document)));
}

}  // namespace

Response problem(const Error& error, std::string_view correlation_id, int status) {
  Response response;
  response.status = status == 0 ? code_info(error.code).http : status;
  response.headers.add("Content-Type", "application/problem+json");
  response.headers.add("Cache-Control", "no-store");
  for (const auto& [name, value] : error.help) {
    if (name == "retry_after_s") response.headers.set("Retry-After", value);
    if (name == "allow") response.headers.set("Allow", value);
  }
  response.body = problem_body(error, response.status, correlation_id);
  return response;
}

}  // namespace sekisho::http
