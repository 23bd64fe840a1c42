#include "node/api/catalog_api.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/http/url.hpp"
#include "node/api/respond.hpp"
#include "node/dataspace/federated_catalog.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kLongestQuestion = 512;

std::unexpected<Error> wrong(std::string_view parameter) {
  return fail(Error(Code::InvalidArgument, "a parameter cannot be read").with("parameter", std::string(parameter)));
}

Result<FederatedQuestion> read(const http::Request& request) {
  Result<std::map<std::string, std::string>> query = query_of(request, {"q", "provider", "zone", "limit", "after"});
  if (!query) return fail(query.error());
  FederatedQuestion question;
  question.text = (*query)["q"];
  question.provider = (*query)["provider"];
  question.zone = (*query)["zone"];
  if (question.text.size() > kLongestQuestion) return wrong("q");
  if (const std::string& limit = (*query)["limit"]; !limit.empty()) {
    const auto [end, ec] = std::from_chars(limit.data(), limit.data() + limit.size(), question.limit);
    const bool good = ec == std::errc() && end == limit.data() + limit.size() && question.limit >= 1;
    if (!good || question.limit > FederatedQuestion::kMost) return wrong("limit");
  }
  if (const std::string& after = (*query)["after"]; !after.empty()) {
    Result<Bytes> place = from_base64url(after);
    if (!place || place->size() > kLongestQuestion) return wrong("after");
    question.after = as_text(*place);
  }
  return question;
}

std::string next_link(const FederatedQuestion& question, std::string_view after) {
  std::string target = fmt::format("/v1/catalog?limit={}&after={}", question.limit, after);
  const auto add = [&target](std::string_view name, const std::string& value) {
    if (!value.empty()) target += fmt::format("&{}={}", name, http::percent_encode(value));
  };
  add("q", question.text);
  add("provider", question.provider);
  add("zone", question.zone);
  return fmt::format("<{}>; rel=\"next\"", target);
}

}  // namespace

http::Response search_catalog(const ApiParts& parts, const http::Request& request) {
  const Result<FederatedQuestion> question = read(request);
  if (!question) return refuse(request, question.error());
  const std::shared_ptr<const trust::TrustState> trust = parts.status.trust.current();
  const auto known = [&trust](const std::string& dns) { return trust && trust->node(dns) != nullptr; };
  JsonObject found = parts.federated.search(*question, known, parts.status.clock.now());
  std::string link;
  if (const Json* after = found.if_contains("after")) link = next_link(*question, after->get_string());
  http::Response response = json(found);
  if (!link.empty()) response.headers.set("Link", link);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace sekisho::node
