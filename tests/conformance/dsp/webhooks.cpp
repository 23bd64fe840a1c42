#include "tests/conformance/dsp/webhooks.hpp"

#include "node/api/respond.hpp"
#include "tests/conformance/dsp/lab_peer.hpp"

namespace sekisho::lab {
namespace {

constexpr std::size_t kBody = 64U << 10;

struct Trigger {
  std::string subject;  // dataset or agreement
  std::string offer;
  std::optional<node::DataAddress> push;  // where a transfer pushes to; else it is a pull
};

// providerId is not looked at: there is one peer. connectorAddress must be that peer's.
Result<Trigger> read_trigger(const node::Profile& profile, const http::Request& request, bool negotiation) {
  Result<JsonObject> object = node::object_of(request);
  if (!object) return fail(object.error());
  Result<std::string> address = get_string(*object, "connectorAddress");
  if (!address) return fail(address.error());
  Result<std::string> base = profile.callback(*address, kPeerName);
  if (!base) return fail(base.error());
  Trigger out;
  Result<std::string> subject = get_string(*object, negotiation ? "datasetId" : "agreementId");
  if (!subject) return fail(subject.error());
  out.subject = std::move(*subject);
  if (!negotiation) {
    Result<std::optional<std::string>> endpoint = get_optional_string(*object, "endpoint");
    if (!endpoint) return fail(endpoint.error());
    if (*endpoint) out.push = node::DataAddress{std::move(**endpoint), "token-of-the-sink", "bearer"};
    return out;
  }
  Result<std::string> offer = get_string(*object, "offerId");
  if (!offer) return fail(offer.error());
  out.offer = std::move(*offer);
  return out;
}

http::Response started(const http::Request& request, const Result<std::string>& pid) {
  if (!pid) return node::refuse(request, pid.error());
  return node::json({{"pid", *pid}});
}

async::Task<http::Response> negotiate(const node::Profile& profile, node::NegotiationService& service,
                                      http::Request request) {
  Result<Trigger> trigger = read_trigger(profile, request, true);
  if (!trigger) co_return node::refuse(request, trigger.error());
  JsonObject use{{"action", "use"}};
  JsonObject offer{{"@id", trigger->offer}, {"@type", "Offer"}};
  offer["permission"] = JsonArray{Json(std::move(use))};
  Result<std::string> pid = co_await service.request(kPeerName, trigger->subject, Json(std::move(offer)));
  co_return started(request, pid);
}

async::Task<http::Response> transfer(const node::Profile& profile, node::TransferService& service,
                                     http::Request request) {
  Result<Trigger> trigger = read_trigger(profile, request, false);
  if (!trigger) co_return node::refuse(request, trigger.error());
  auto asking = service.request(trigger->subject, "", std::move(trigger->push));
  Result<std::string> pid = co_await std::move(asking);
  co_return started(request, pid);
}

}  // namespace

std::vector<node::Route> webhook_routes(const node::Profile& profile, node::NegotiationService& negotiations,
                                        node::TransferService& transfers) {
  const node::Access open = node::Access::open("a laboratory on loopback");
  return {{"POST", "/tck/negotiations/requests", open, kBody, "Begin a negotiation with the peer",
           [&profile, &negotiations](http::Request request) {
             return negotiate(profile, negotiations, std::move(request));
           }},
          {"POST", "/tck/transfers/requests", open, kBody, "Begin a transfer with the peer",
           [&profile, &transfers](http::Request request) { return transfer(profile, transfers, std::move(request)); }}};
}

}  // namespace sekisho::lab
