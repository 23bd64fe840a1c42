#include "node/api/dsp_routes.hpp"

#include "node/api/dsp_refusal.hpp"
#include "node/api/respond.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

async::Task<http::Response> refuse_media(Error error, std::string path) {
  http::Response response = http::problem(error, "");
  dress_dsp(error, path, response);
  co_return response;
}

// Messages are JSON or are not read.
Handler message(std::function<async::Task<http::Response>(http::Request)> take) {
  return [take = std::move(take)](http::Request request) -> async::Task<http::Response> {
    const Status json = carries_json(request);
    if (!json) return refuse_media(json.error(), request.path);
    return take(std::move(request));
  };
}

}  // namespace

std::vector<Route> dsp_routes(DspParts p, const Access& access, const Caller& who) {
  const auto negotiation = [&service = p.negotiations, who](NegotiationRoute kind) -> Handler {
    return message([&service, who, kind](const http::Request& request) {
      return service.on_message(kind, who(request), request.param("pid"), request.body);
    });
  };
  const auto transfer = [&service = p.transfers, who](TransferRoute kind) -> Handler {
    return message([&service, who, kind](const http::Request& request) {
      return service.on_message(kind, who(request), request.param("pid"), request.body);
    });
  };
  const Handler page =
      plain([p, who](const http::Request& r) { return on_catalog_request(p.catalog, who(r), r, p.clock.now()); });
  const Handler catalog = message(page);
  return {
      {"GET", "/.well-known/dspace-version", Access::open("a stranger must be able to find the protocol before it trusts"), 0,
       "Versions of the Dataspace Protocol",
       plain([](const http::Request&) { return http::json_response(200, version_document()); })},
      {"POST", "/dsp/2025-1/catalog/request", access, kDspBodyLimit, "Catalogue for the asking peer", catalog},
      {"GET", "/dsp/2025-1/catalog/request", access, 0, "A page that a catalogue linked to", page},
      {"GET", "/dsp/2025-1/catalog/datasets/{id}", access, 0, "One dataset of the catalogue",
       plain([p, who](const http::Request& r) { return on_dataset(p.catalog, who(r), r.param("id"), p.clock.now()); })},
      {"GET", "/dsp/2025-1/negotiations/{pid}", access, 0, "State of a negotiation",
       plain([p, who](const http::Request& r) { return p.negotiations.get(who(r), r.param("pid")); })},
      {"POST", "/dsp/2025-1/negotiations/request", access, kDspBodyLimit, "ContractRequestMessage (initial)",
       negotiation(NegotiationRoute::Request)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/request", access, kDspBodyLimit, "ContractRequestMessage (counter-offer)",
       negotiation(NegotiationRoute::CounterRequest)},
      {"POST", "/dsp/2025-1/negotiations/offers", access, kDspBodyLimit, "ContractOfferMessage (initial)",
       negotiation(NegotiationRoute::InitialOffer)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/offers", access, kDspBodyLimit, "ContractOfferMessage (counter-offer)",
       negotiation(NegotiationRoute::Offer)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/agreement", access, kDspBodyLimit, "ContractAgreementMessage",
       negotiation(NegotiationRoute::Agreement)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/agreement/verification", access, kDspBodyLimit, "ContractAgreementVerificationMessage",
       negotiation(NegotiationRoute::Verification)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/events", access, kDspBodyLimit, "ContractNegotiationEventMessage",
       negotiation(NegotiationRoute::Event)},
      {"POST", "/dsp/2025-1/negotiations/{pid}/termination", access, kDspBodyLimit, "ContractNegotiationTerminationMessage",
       negotiation(NegotiationRoute::Termination)},
      {"GET", "/dsp/2025-1/transfers/{pid}", access, 0, "State of a transfer",
       plain([p, who](const http::Request& r) { return p.transfers.get(who(r), r.param("pid")); })},
      {"POST", "/dsp/2025-1/transfers/request", access, kDspBodyLimit, "TransferRequestMessage", transfer(TransferRoute::Request)},
      {"POST", "/dsp/2025-1/transfers/{pid}/start", access, kDspBodyLimit, "TransferStartMessage", transfer(TransferRoute::Start)},
      {"POST", "/dsp/2025-1/transfers/{pid}/completion", access, kDspBodyLimit, "TransferCompletionMessage",
       transfer(TransferRoute::Completion)},
      {"POST", "/dsp/2025-1/transfers/{pid}/suspension", access, kDspBodyLimit, "TransferSuspensionMessage",
       transfer(TransferRoute::Suspension)},
      {"POST", "/dsp/2025-1/transfers/{pid}/termination", access, kDspBodyLimit, "TransferTerminationMessage",
       transfer(TransferRoute::Termination)},
  };
}

}  // namespace sekisho::node
