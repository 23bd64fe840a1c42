#include "node/dataspace/peer_client.hpp"

#include <fmt/format.h>

#include "node/identity/absent_peer.hpp"

namespace sekisho::node {
namespace {

// Accepts the chain of exactly one party.
http::Judge judge_of(const TrustHolder& trust, const std::string& dns) {
  return [&trust, did = "did:web:" + dns](std::span<const Bytes> chain) -> Result<std::shared_ptr<const void>> {
    Result<trust::PeerIdentity> identity = trust.identify(chain, trust::Use::TlsServer);
    if (!identity) return fail(identity.error());
    if (identity->did != did) return fail(Code::CertificateInvalid, fmt::format("{} answered in place of {}", identity->did, did));
    return std::shared_ptr<const void>(std::make_shared<const trust::PeerIdentity>(std::move(*identity)));
  };
}

}  // namespace

PeerClient::PeerClient(const TrustHolder& trust, std::shared_ptr<http::Client> client) : trust_(trust), client_(std::move(client)) {}

Result<http::ClientRequest> PeerClient::prepare(PeerRequest request) const {
  const std::shared_ptr<const trust::TrustState> state = trust_.current();
  const trust::NodeRecord* node = state ? state->node(request.dns) : nullptr;
  if (node == nullptr) return fail(absent_peer(state.get(), request.dns));
  http::ClientRequest out;
  out.method = std::move(request.method);
  out.host = request.dns;
  out.address = node->ip;
  out.port = node->port;
  out.target = std::move(request.target);
  out.headers = std::move(request.headers);
  out.body = std::move(request.body);
  if (!out.body.empty() && !out.headers.has("Content-Type")) out.headers.add("Content-Type", "application/json");
  if (!out.headers.has("Accept")) out.headers.add("Accept", "application/json");
  out.limits.body_bytes = request.answer_limit;
  out.deadline = request.deadline;
  out.judge = judge_of(trust_, request.dns);
  out.judge_key = "did:web:" + request.dns;
  out.idempotent = request.repeatable;
  return out;
}

async::Task<Result<http::ClientResponse>> PeerClient::send(PeerRequest request) {
  auto out = prepare(std::move(request));
  if (!out) co_return fail(out.error());
  co_return co_await client_->send(std::move(*out));
}

async::Task<Result<http::ResponseReader>> PeerClient::open(PeerRequest request) {
  auto out = prepare(std::move(request));
  if (!out) co_return fail(out.error());
  co_return co_await client_->open(std::move(*out));
}

async::Task<Result<http::ResponseReader>> PeerChannel::open(PeerRequest) {
  co_return fail(Code::Unsupported, "this channel has no long answers");
}

}  // namespace sekisho::node
