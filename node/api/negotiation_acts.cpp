#include "node/api/negotiation_acts.hpp"

#include "node/api/respond.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kBody = 4096;

// Texts, each at most once; `must` has to be there, `may` need not.
Result<std::string> text_of(const JsonObject& body, std::string_view must, std::string_view may) {
  for (const auto& member : body) {
    const bool known = member.key() == must || member.key() == may;
    if (!known || !member.value().is_string()) {
      return fail(Error(Code::JsonShape, "no member of this call, or not a text").with("pointer", "/" + std::string(member.key())));
    }
  }
  const std::string text = get_string(body, must).value_or("");
  if (text.empty()) return fail(Error(Code::JsonShape, "is missing").with("pointer", "/" + std::string(must)));
  return text;
}

http::Response show(const ApiParts& parts, const http::Request& request, const std::string& pid) {
  const Result<JsonObject> negotiation = parts.negotiations.describe(pid);
  return negotiation ? json(*negotiation) : refuse_operator(request, negotiation.error());
}

http::Response list(const ApiParts& parts, const http::Request& request) {
  const auto query = query_of(request, {"ended"});
  if (!query) return refuse_operator(request, query.error());
  const auto ended = query->find("ended");
  return json(JsonObject{{"negotiations", parts.negotiations.list(ended != query->end() && ended->second == "true")}});
}

async::Task<http::Response> propose(const ApiParts& parts, http::Request request) {
  const Result<JsonObject> body = object_of(request);
  if (!body) co_return refuse_operator(request, body.error());
  const Result<std::string> peer = text_of(*body, "peer", "offer");
  if (!peer) co_return refuse_operator(request, peer.error());
  const Result<std::string> offer = text_of(*body, "offer", "peer");
  if (!offer) co_return refuse_operator(request, offer.error());
  const Result<std::string> pid = co_await parts.negotiations.offer(*peer, *offer);
  if (!pid) co_return refuse_operator(request, pid.error());
  co_return show(parts, request, *pid);
}

async::Task<http::Response> accept(const ApiParts& parts, http::Request request) {
  const std::string pid = request.param("negotiation");
  const Status done = co_await parts.negotiations.accept(pid);
  if (!done) co_return refuse_operator(request, done.error());
  co_return show(parts, request, pid);
}

async::Task<http::Response> counter(const ApiParts& parts, http::Request request) {
  const std::string pid = request.param("negotiation");
  const Result<JsonObject> body = object_of(request);
  if (!body) co_return refuse_operator(request, body.error());
  const Result<std::string> offer = text_of(*body, "offer", "dataset");
  if (!offer) co_return refuse_operator(request, offer.error());
  const Status done = co_await parts.negotiations.counter(pid, *offer, get_string(*body, "dataset").value_or(""));
  if (!done) co_return refuse_operator(request, done.error());
  co_return show(parts, request, pid);
}

async::Task<http::Response> decline(const ApiParts& parts, http::Request request) {
  const std::string pid = request.param("negotiation");
  const Status done = co_await parts.negotiations.terminate(pid, Code::NegotiationFailed);
  if (!done) co_return refuse_operator(request, done.error());
  co_return show(parts, request, pid);
}

}  // namespace

std::vector<Route> negotiation_routes(const ApiParts& p) {
  const Access op = Access::operator_socket();
  return {
      {"GET", "/negotiations", op, 0, "Negotiations that are open, and which wait for the operator",
       plain([&p](const http::Request& r) { return list(p, r); })},
      {"GET", "/negotiations/{negotiation}", op, 0, "One negotiation with its terms",
       plain([&p](const http::Request& r) { return show(p, r, r.param("negotiation")); })},
      {"POST", "/negotiations/offers", op, kBody, "Propose a published offer to a peer",
       [&p](http::Request request) { return propose(p, std::move(request)); }},
      {"POST", "/negotiations/{negotiation}/accept", op, 0, "Accept the offer that waits",
       [&p](http::Request request) { return accept(p, std::move(request)); }},
      {"POST", "/negotiations/{negotiation}/counter", op, kBody, "Ask for another published offer instead",
       [&p](http::Request request) { return counter(p, std::move(request)); }},
      {"POST", "/negotiations/{negotiation}/refuse", op, 0, "End the negotiation; the peer is told",
       [&p](http::Request request) { return decline(p, std::move(request)); }},
  };
}

}  // namespace sekisho::node
