#include "node/api/respond.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/http/url.hpp"

namespace sekisho::node {
namespace {

async::Task<http::Response> run_plain(std::shared_ptr<const std::function<http::Response(const http::Request&)>> work,
                                      http::Request request) {
  co_return (*work)(request);
}

}  // namespace

const trust::PeerIdentity& participant(const http::Request& request) {
  return *static_cast<const trust::PeerIdentity*>(request.peer->identity.get());
}

bool may_audit(const http::Request& request) { return client_of(request)->scopes.contains("audit"); }

Handler plain(std::function<http::Response(const http::Request&)> work) {
  auto shared = std::make_shared<const std::function<http::Response(const http::Request&)>>(std::move(work));
  return [shared](http::Request request) { return run_plain(shared, std::move(request)); };
}

http::Response refuse(const http::Request& request, const Error& error) {
  return http::problem(error, request.correlation_id);
}

http::Response refuse_operator(const http::Request& request, const Error& error) {
  return refuse(request, Error(error).with("chain", error.chain()));
}

http::Response json(const JsonObject& object, int status) {
  auto response = http::json_response(status, to_text(Json(object)));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Result<std::map<std::string, std::string>> query_of(const http::Request& request,
                                                    std::initializer_list<std::string_view> names) {
  const auto query = http::parse_query(request.query);
  if (!query) return fail(query.error());
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : *query) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return fail(Error(Code::InvalidArgument, "an unknown query parameter").with("parameter", name.substr(0, 64)));
    }
    if (!out.emplace(name, value).second) {
      return fail(Error(Code::InvalidArgument, "a query parameter is given twice").with("parameter", name));
    }
  }
  return out;
}

Result<JsonObject> object_of(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type");
  if (!http::same_name(type.substr(0, type.find(';')), "application/json")) {
    return fail(Error(Code::UnsupportedMedia, "the body is not application/json").with("media", "application/json"));
  }
  auto document = parse_json(request.body);
  if (!document) return fail(document.error());
  if (!document->is_object()) return fail(Code::JsonShape, "the body is no JSON object");
  return std::move(document->get_object());
}

}  // namespace sekisho::node
