#include "node/api/negotiation_acts.hpp"
#include "node/api/negotiation_api.hpp"
#include "node/api/process_api.hpp"
#include "node/api/respond.hpp"
#include "node/api/routes.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kApplyBody = 8U << 20;
constexpr std::size_t kNegotiationBody = 256U << 10;

async::Task<http::Response> apply(ApplyService& service, http::Request request) {
  const auto query = query_of(request, {"dry_run"});
  if (!query) co_return refuse(request, query.error());
  auto document = parse_json(request.body, JsonLimits{kApplyBody, 32, 1'000'000});
  if (!document) co_return refuse(request, document.error());
  const auto dry = query->find("dry_run");
  const bool only_shown = dry != query->end() && dry->second == "true";
  if (dry != query->end() && !only_shown && dry->second != "false") {
    co_return refuse(request, Error(Code::InvalidArgument, "dry_run is true or false").with("parameter", "dry_run"));
  }
  auto done = co_await service.apply(std::move(*document), only_shown);
  if (!done) {
    // The operator sees the whole chain, not the coarse answer of a peer.
    co_return refuse(request, Error(done.error()).with("chain", done.error().chain()));
  }
  co_return json(*done);
}

async::Task<http::Response> act(AgreementControl& control, AgreementControl::Act act, http::Request request) {
  auto done = co_await control.act(act, request.param("agreement"));
  if (!done) co_return refuse(request, Error(done.error()).with("chain", done.error().chain()));
  co_return json(*done);
}

Handler acting(const ApiParts& parts, AgreementControl::Act what) {
  return [&control = parts.agreement_control, what](http::Request request) {
    return act(control, what, std::move(request));
  };
}

http::Response status(const ApiParts& parts, const http::Request& request) {
  const auto state = node_status(parts.status);
  if (!state) return refuse(request, Error(state.error()).with("chain", state.error().chain()));
  return json(*state);
}

}  // namespace

std::vector<Route> operator_routes(const ApiParts& p) {
  const Access op = Access::operator_socket();
  std::vector<Route> routes{
      {"POST", "/apply", op, kApplyBody, "Declare sources, datasets, offers and clients",
       [&service = p.apply](http::Request request) { return apply(service, std::move(request)); }},
      {"GET", "/agreements", op, 0, "All agreements of this node and what holds of each",
       plain([&control = p.agreement_control](const http::Request&) {
         return json(JsonObject{{"agreements", control.list()}});
       })},
      {"POST", "/agreements/{agreement}/suspend", op, 0, "Nothing crosses under the agreement until it is resumed",
       acting(p, AgreementControl::Act::Suspend)},
      {"POST", "/agreements/{agreement}/resume", op, 0, "What was suspended holds again",
       acting(p, AgreementControl::Act::Resume)},
      {"POST", "/agreements/{agreement}/withdraw", op, 0, "Nothing crosses under the agreement any more, for good",
       acting(p, AgreementControl::Act::Withdraw)},
      {"POST", "/negotiations", op, kNegotiationBody, "Negotiate an agreement as consumer, and wait for it",
       [&p](http::Request request) { return post_negotiation(p, std::move(request)); }},
      {"GET", "/status", op, 0, "How the node is", plain([&p](const http::Request& r) { return status(p, r); })},
      {"GET", "/metrics", op, 0, "Prometheus text",
       plain([&p](const http::Request&) {
         auto response = http::text_response(200, p.metrics.text());
         response.headers.set("Content-Type", "text/plain; version=0.0.4");
         return response;
       })},
  };
  for (Route& route : negotiation_routes(p)) routes.push_back(std::move(route));
  for (Route& route : process_routes(p)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace sekisho::node
