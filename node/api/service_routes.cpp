#include "node/api/audit_api.hpp"
#include "node/api/catalog_api.hpp"
#include "node/api/data_api.hpp"
#include "node/api/exchange_api.hpp"
#include "node/api/openapi.hpp"
#include "node/api/respond.hpp"
#include "node/api/routes.hpp"
#include "node/api/trace_api.hpp"
#include "node/api/transfer_api.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kBody = 1U << 20;
constexpr std::size_t kOrderBody = 16U << 10;

http::Response health(const ApiParts& parts) {
  const auto problems = alarms(parts.status);
  JsonArray list;
  for (const auto& p : problems) list.push_back(Json(p.substr(0, p.find(':'))));
  return json(JsonObject{{"status", problems.empty() ? "ok" : "failing"}, {"alarms", std::move(list)}},
              problems.empty() ? 200 : 503);
}

}  // namespace

std::vector<Route> service_routes(const ApiParts& p) {
  const Access data = Access::client("data");
  const Access audit = Access::client("audit");
  const Access either = Access::any_client();  // sees its own with the scope data, all with audit
  return {
      {"GET", "/v1/data/{provider}", data, 0, "Data of a provider, with its receipt in the headers",
       [&p](http::Request request) { return get_data(p, std::move(request)); }},
      {"POST", "/v1/data/{provider}", data, kBody, "The same with a JSON body",
       [&p](http::Request request) { return get_data(p, std::move(request)); }},
      {"GET", "/v1/catalog", data, 0, "Search what all known providers offer",
       plain([&p](const http::Request& r) { return search_catalog(p, r); })},
      {"GET", "/v1/catalog/{provider}", data, 0, "What a provider offers to this organization",
       [&p](http::Request request) { return get_catalog(p, std::move(request)); }},
      {"GET", "/v1/trace", data, 0, "Where a lot came from and went, over all partners; each pull is an exchange",
       [&p](http::Request request) { return get_trace(p, std::move(request)); }},
      {"POST", "/v1/transfers", data, kOrderBody, "Ask a provider to push data to an endpoint of this organization",
       [&p](http::Request request) { return post_transfer(p, std::move(request)); }},
      {"GET", "/v1/transfers/{id}", either, 0, "State of a transfer that the client ordered",
       plain([&p](const http::Request& r) { return get_transfer(p, r); })},
      {"DELETE", "/v1/transfers/{id}", data, 0, "End a transfer that is no longer needed",
       [&p](http::Request request) { return delete_transfer(p, std::move(request)); }},
      {"GET", "/v1/exchanges/{id}", either, 0, "State and evidence of an exchange, never data",
       plain([&p](const http::Request& r) { return get_exchange(p, r); })},
      {"POST", "/v1/audit/query", audit, kBody, "Entries with proofs, as NDJSON",
       [&p](http::Request request) { return audit_query(p, std::move(request)); }},
      {"POST", "/v1/audit/export", audit, kBody, "The members that this node adds to a bundle, as NDJSON",
       [&p](http::Request request) { return audit_export(p, std::move(request)); }},
      {"GET", "/openapi.json", Access::open("the description of the interface is public"), 0, "This description",
       plain([](const http::Request&) { return http::json_response(200, openapi_text()); })},
      {"GET", "/healthz", Access::open("a load balancer has no token; it learns codes of alarms only"), 0,
       "Whether the node serves", plain([&p](const http::Request&) { return health(p); })},
  };
}

}  // namespace sekisho::node
