#include "tests/unit/node/dataspace/one_node.hpp"

#include "base/core/log.hpp"
#include "node/dataspace/messages.hpp"
#include "tests/support/dsp_schemas.hpp"

namespace sekisho::node::testing {
namespace {

// 200 to everything, with a process document where the node asked for one.
Result<http::ClientResponse> yes(const PeerRequest& request, const std::string& peer_pid) {
  http::ClientResponse answer;
  answer.status = 200;
  const bool offer = request.target.ends_with("/negotiations/offers");
  if (!offer && !request.target.ends_with("/negotiations/request") && !request.target.ends_with("/transfers/request"))
    return answer;
  const Result<Json> body = parse_json(request.body);
  if (offer) {
    const std::string provider = get_string(body->get_object(), "providerPid").value_or("");
    answer.body = to_body(ProcessDocument{{provider, peer_pid}, "OFFERED"}, "ContractNegotiation");
    return answer;
  }
  const std::string consumer = get_string(body->get_object(), "consumerPid").value_or("");
  const bool transfer = request.target.ends_with("/transfers/request");
  answer.body = to_body(ProcessDocument{{peer_pid, consumer}, "REQUESTED"},
                        transfer ? "TransferProcess" : "ContractNegotiation");
  return answer;
}

http::Response judged(http::Response response) {
  sekisho::test::DspSchemas::expect_valid("an answer", response.body);
  return response;
}

}  // namespace

Json use_offer() {
  return parse_json(R"({"@id": "urn:offer:use", "@type": "Offer", "permission": [{"action": "use"}]})").value();
}

OneNode::OneNode(const Profile& profile) : zones(sekisho::test::make_test_zones(kNow)) {
  set_log_level(LogLevel::Off);
  net.before = [this](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    return yes(request, provider_pid);
  };
  node = std::make_unique<TestParty>(net, zones.farm, zones.jp, std::make_shared<MemoryStorage>(), pool->executor(0), 7,
                                     std::chrono::milliseconds(1), profile, 100'000);
  net.parties["farm.jp.example"] = node.get();
  node->offer_cold_chain();
  node->load();
  node->start();
  peer_did = zones.trade.did;
  own_did = zones.farm.did;
}

OneNode::~OneNode() {
  pool->stop();
  node->journal->stop();
  pool.reset();
  node.reset();
}

http::Response OneNode::take(NegotiationRoute route, const std::string& pid, const std::string& body, bool stranger) {
  trust::PeerIdentity peer = node->trust.current()->judge(zones.trade.tls_chain, trust::Use::TlsClient, kNow).value();
  if (stranger) peer.did = "did:web:other.eu.example";
  return judged(async::sync_wait(node->negotiations->on_message(route, peer, pid, body)));
}

http::Response OneNode::take(TransferRoute route, const std::string& pid, const std::string& body, bool stranger) {
  trust::PeerIdentity peer = node->trust.current()->judge(zones.trade.tls_chain, trust::Use::TlsClient, kNow).value();
  if (stranger) peer.did = "did:web:other.eu.example";
  return judged(async::sync_wait(node->transfer_service->on_message(route, peer, pid, body)));
}

std::string OneNode::unique(const std::string& body) {
  Json message = parse_json(body).value();
  message.get_object()["@id"] = "urn:message:" + std::to_string(++number_);
  return to_text(message);
}

bool OneNode::settle() {
  return eventually([this] { return node->outbox->idle(); });
}

}  // namespace sekisho::node::testing
