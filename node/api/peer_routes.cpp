#include "base/core/encoding.hpp"
#include "node/api/respond.hpp"
#include "node/api/routes.hpp"
#include "node/api/tlog.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kReceiptsBody = 2U << 20;
constexpr std::size_t kIdsBody = 64U << 10;

Handler negotiation(const ApiParts& parts, NegotiationRoute kind) {
  return [&service = parts.negotiations, kind](http::Request request) {
    return service.on_message(kind, participant(request), request.param("pid"), request.body);
  };
}

Handler transfer(const ApiParts& parts, TransferRoute kind) {
  return [&service = parts.transfers, kind](http::Request request) {
    return service.on_message(kind, participant(request), request.param("pid"), request.body);
  };
}

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
  std::vector<Route> routes{
      {"GET", "/.well-known/dspace-version", open_discovery, 0, "Versions of the Dataspace Protocol",
       plain([](const http::Request&) { return http::json_response(200, version_document()); })},
      {"GET", "/.well-known/did.json", open_discovery, 0, "DID document of this node",
       plain([&p](const http::Request& r) { return did(p, r); })},
      {"POST", "/dsp/2025-1/catalog/request", peer, kDspBodyLimit, "Catalogue for the asking peer",
       plain([&p](const http::Request& r) { return on_catalog_request(p.catalog, participant(r), r.body); })},
      {"GET", "/dsp/2025-1/catalog/datasets/{id}", peer, 0, "One dataset of the catalogue",
       plain([&p](const http::Request& r) { return on_dataset(p.catalog, participant(r), r.param("id")); })},
      {"GET", "/dsp/2025-1/negotiations/{pid}", peer, 0, "State of a negotiation",
       plain([&p](const http::Request& r) { return p.negotiations.get(participant(r), r.param("pid")); })},
      {"POST", "/dsp/2025-1/negotiations/request", peer, kDspBodyLimit, "ContractRequestMessage (initial)",
       negotiation(p, NegotiationRoute::Request)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/request", peer, kDspBodyLimit, "ContractRequestMessage (counter-offer)",
       negotiation(p, NegotiationRoute::CounterRequest)},
      {"POST", "/dsp/2025-1/negotiations/offers", peer, kDspBodyLimit, "ContractOfferMessage (initial)",
       negotiation(p, NegotiationRoute::InitialOffer)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/offers", peer, kDspBodyLimit, "ContractOfferMessage (counter-offer)",
       negotiation(p, NegotiationRoute::Offer)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/agreement", peer, kDspBodyLimit, "ContractAgreementMessage",
       negotiation(p, NegotiationRoute::Agreement)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/agreement/verification", peer, kDspBodyLimit, "ContractAgreementVerificationMessage",
       negotiation(p, NegotiationRoute::Verification)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/events", peer, kDspBodyLimit, "ContractNegotiationEventMessage",
       negotiation(p, NegotiationRoute::Event)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/termination", peer, kDspBodyLimit, "ContractNegotiationTerminationMessage",
       negotiation(p, NegotiationRoute::Termination)},
      {"GET", "/dsp/2025-1/transfers/{pid}", peer, 0, "State of a transfer",
       plain([&p](const http::Request& r) { return p.transfers.get(participant(r), r.param("pid")); })},
      {"POST", "/dsp/2025-1/transfers/request", peer, kDspBodyLimit, "TransferRequestMessage", transfer(p, TransferRoute::Request)},
      {"POST", "/dsp/2025-1/transfers/{pid}/start", peer, kDspBodyLimit, "TransferStartMessage", transfer(p, TransferRoute::Start)},
      {"POST", "/dsp/2025-1/transfers/{pid}/completion", peer, kDspBodyLimit, "TransferCompletionMessage",
       transfer(p, TransferRoute::Completion)},
      {"POST", "/dsp/2025-1/transfers/{pid}/suspension", peer, kDspBodyLimit, "TransferSuspensionMessage",
       transfer(p, TransferRoute::Suspension)},
      {"POST", "/dsp/2025-1/transfers/{pid}/termination", peer, kDspBodyLimit, "TransferTerminationMessage",
       transfer(p, TransferRoute::Termination)},
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
       plain([&p](const http::Request& r) { return tlog_checkpoint(p, r); })},
      {"GET", "/tlog/{shard}/tile/{tile*}", peer, 0, "Hash tiles (C2SP tlog-tiles)",
       [&p](http::Request request) { return tlog_tile(p, std::move(request)); }},
  };
  return routes;
}

}  // namespace sekisho::node
