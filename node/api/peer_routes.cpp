#include "base/core/encoding.hpp"
#include "node/api/dsp_routes.hpp"
#include "node/api/respond.hpp"
#include "node/api/routes.hpp"
#include "node/api/tlog.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReceiptsBody = 2U << 20;
constexpr std::size_t kIdsBody = 64U << 10;

async::Task<http::Response> serve_data(Provider& provider, http::Request request) {
  DataRequest data;
  data.peer = participant(request);
  data.transfer = request.param("transfer");
  std::string_view token = request.headers.get("Authorization");
  if (!token.starts_with("Bearer ")) {
    co_return refuse(request, Error(Code::TokenInvalid, "no bearer token"));
  }
  data.token = token.substr(7);
  if (!request.headers.has("Sekisho-Exchange")) {
    co_return refuse(request, Error(Code::ExchangeId, "no Sekisho-Exchange").with("header", "Sekisho-Exchange"));
  }
  data.exchange = request.headers.get("Sekisho-Exchange");
  data.intent = request.headers.get("Sekisho-Intent");
  if (const auto accept = request.headers.find("Accept")) data.accept = *accept;
  data.by_reference = request.headers.get("Sekisho-Evidence") == "reference";
  data.resume = request.headers.get("Sekisho-Resume");
  data.retry_of = request.headers.get("Sekisho-Retry-Of");
  data.connection = request.peer;
  data.correlation_id = request.correlation_id;
  data.deadline = request.deadline;
  co_return co_await provider.serve(std::move(data));
}

http::Response certificate(const ApiParts& parts, const http::Request& request) {
  const auto digest = digest_from_hex(request.param("digest"));
  if (!digest) return refuse(request, digest.error());
  const auto chain = parts.certificates.serve(*digest);
  if (!chain) return refuse(request, chain.error());
  http::Response response;
  response.headers.set("Content-Type", "application/octet-stream");
  response.body = std::string(as_text(*chain));
  return response;
}

http::Response did(const ApiParts& parts, const http::Request& request) {
  const auto document = did_document(parts.self);
  if (!document) return refuse(request, document.error());
  return http::json_response(200, to_text(*document));
}

}  // namespace

std::vector<Route> peer_routes(const ApiParts& p) {
  const Access open_discovery = Access::open("a stranger must be able to find the protocol and the log before it trusts");
  const Access peer = Access::participant();
  std::vector<Route> routes = dsp_routes({p.catalog, p.negotiations, p.transfers, p.status.clock}, peer, participant);
  std::vector<Route> own{
      {"GET", "/.well-known/did.json", open_discovery, 0, "DID document of this node",
       plain([&p](const http::Request& r) { return did(p, r); })},
      {"GET", "/data/{transfer}", peer, 0, "The data of a transfer, sealed and logged before the first octet",
       [&provider = p.provider](http::Request request) { return serve_data(provider, std::move(request)); }},
      {"GET", "/sekisho/v1/exchanges/{id}/evidence", peer, 0, "The one outcome of an exchange; a void where there is none",
       [&evidence = p.evidence](http::Request request) {
         auto query = query_of(request, {"transfer"});
         return evidence.get(participant(request), request.param("id"), query ? (*query)["transfer"] : std::string(),
                             request.correlation_id);
       }},
      {"POST", "/sekisho/v1/evidence", peer, kIdsBody, "Outcomes of up to 256 exchanges",
       plain([&p](const http::Request& r) { return p.evidence.batch(participant(r), r.body, r.correlation_id); })},
      {"POST", "/sekisho/v1/receipts", peer, kReceiptsBody, "Up to 256 receipts",
       [&receipts = p.receipts](http::Request request) {
         return receipts.post(participant(request), std::move(request.body), request.correlation_id);
       }},
      {"POST", "/sekisho/v1/transfers/{id}/token", peer, kIdsBody, "A fresh token for a transfer of the asking peer",
       plain([&p](const http::Request& r) { return p.transfers.renew_token(participant(r), r.param("id")); })},
      {"GET", "/sekisho/v1/certificates/{digest}", peer, 0, "The chain of a statement certificate",
       plain([&p](const http::Request& r) { return certificate(p, r); })},
      {"GET", "/tlog/{shard}/checkpoint", open_discovery, 0, "The newest published checkpoint (C2SP tlog-checkpoint)",
       [&p](http::Request request) { return tlog_checkpoint(p, std::move(request)); }},
      {"GET", "/tlog/{shard}/tile/{tile*}", peer, 0, "Hash tiles (C2SP tlog-tiles)",
       [&p](http::Request request) { return tlog_tile(p, std::move(request)); }},
  };
  for (Route& route : own) routes.push_back(std::move(route));
  return routes;
}

}  // namespace sekisho::node
