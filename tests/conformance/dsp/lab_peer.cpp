#include "tests/conformance/dsp/lab_peer.hpp"

#include <fmt/format.h>

#include "node/dataspace/messages.hpp"
#include "tests/conformance/dsp/script.hpp"

namespace sekisho::lab {

trust::PeerIdentity peer_of(const Settings& settings) {
  trust::PeerIdentity peer;
  peer.did = settings.participant;
  peer.dns = kPeerName;
  peer.zone = kPeerZone;
  return peer;
}

LabChannel::LabChannel(Settings settings) : settings_(std::move(settings)), client_(http::ClientOptions{}) {}

async::Task<Result<http::ClientResponse>> LabChannel::send(node::PeerRequest request) {
  if (request.dns != kPeerName)
    co_return fail(Error(Code::PeerUnknown, "the laboratory has one peer").with("peer", request.dns));
  http::ClientRequest out;
  out.method = std::move(request.method);
  out.host = settings_.peer.host;
  out.address = settings_.peer.host == "::1" ? "::1" : "127.0.0.1";
  out.port = settings_.peer.port;
  out.tls = false;
  out.target = std::move(request.target);
  out.headers = std::move(request.headers);
  out.body = std::move(request.body);
  if (!out.body.empty() && !out.headers.has("Content-Type")) out.headers.add("Content-Type", "application/json");
  if (!out.headers.has("Accept")) out.headers.add("Accept", "application/json");
  if (!settings_.authorization.empty()) out.headers.set("Authorization", settings_.authorization);
  out.limits.body_bytes = request.answer_limit;
  out.deadline = request.deadline;
  out.idempotent = request.repeatable;
  co_return co_await client_.send(std::move(out));
}

LabProfile::LabProfile(Settings settings) : settings_(std::move(settings)) {}

std::optional<policy::NegotiationMessage> LabProfile::next(const node::Moment<policy::NegotiationState>& moment) const {
  return settings_.scripted ? scripted(moment) : Profile::next(moment);
}

std::optional<policy::TransferMessage> LabProfile::next(const node::Moment<policy::TransferState>& moment) const {
  return settings_.scripted ? scripted(moment) : Profile::next(moment);
}

Result<node::PeerAddress> LabProfile::find(const node::TrustHolder&, const std::string& dns) const {
  if (dns != kPeerName) return fail(Error(Code::PeerUnknown, "the laboratory has one peer").with("peer", dns));
  return node::PeerAddress{settings_.participant, kPeerZone, settings_.peer.path};
}

Result<std::string> LabProfile::callback(std::string_view address, const std::string&) const {
  Result<http::Url> url = http::parse_url(address);
  if (!url)
    return fail(
        Error(Code::InvalidArgument, "callbackAddress is no URL", url.error()).with("pointer", "/callbackAddress"));
  const bool there =
      url->scheme == "http" && is_loopback(url->host) && url->port == settings_.peer.port && url->query.empty();
  if (!there)
    return fail(Error(Code::InvalidArgument, "callbackAddress is not at the peer").with("pointer", "/callbackAddress"));
  while (url->path.ends_with('/')) url->path.pop_back();
  return url->path;
}

std::string LabProfile::own_base(const node::LocalIdentity&) const {
  return fmt::format("http://127.0.0.1:{}{}", port_.load(), node::kDspBase);
}

}  // namespace sekisho::lab
