#include "node/dataspace/profile.hpp"

#include <fmt/format.h>

#include "node/dataspace/process.hpp"
#include "node/identity/absent_peer.hpp"

namespace sekisho::node {

std::optional<policy::NegotiationMessage> Profile::next(const Moment<policy::NegotiationState>& moment) const {
  using State = policy::NegotiationState;
  using Message = policy::NegotiationMessage;
  const bool provider = moment.role == policy::Party::Provider;
  switch (moment.state) {
    case State::Requested:
    case State::Accepted: return provider ? std::optional(Message::Agreement) : std::nullopt;
    case State::Verified: return provider ? std::optional(Message::Finalized) : std::nullopt;
    case State::Offered: return provider || !moment.asked ? std::nullopt : std::optional(Message::Accepted);
    case State::Agreed: return provider ? std::nullopt : std::optional(Message::Verification);
    default: return std::nullopt;
  }
}

std::optional<policy::TransferMessage> Profile::next(const Moment<policy::TransferState>& moment) const {
  const bool asked = moment.role == policy::Party::Provider && moment.state == policy::TransferState::Requested;
  return asked ? std::optional(policy::TransferMessage::Start) : std::nullopt;
}

Result<PeerAddress> Profile::find(const TrustHolder& trust, const std::string& dns) const {
  const std::shared_ptr<const trust::TrustState> state = trust.current();
  const trust::NodeRecord* node = state ? state->node(dns) : nullptr;
  if (node == nullptr) return fail(absent_peer(state.get(), dns));
  return PeerAddress{node->did, node->zone, std::string(kDspBase)};
}

Result<std::string> Profile::callback(std::string_view address, const std::string& peer_dns) const {
  return callback_path(address, peer_dns);
}

std::string Profile::own_base(const LocalIdentity& self) const {
  return fmt::format("https://{}{}", self.dns, kDspBase);
}

const Profile& product_profile() {
  static const Profile profile;
  return profile;
}

}  // namespace sekisho::node
