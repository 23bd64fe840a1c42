// How a node deals with its peers: what it sends of its own accord when a process enters a state, what it asks of their
// messages, and where they are reached. This class is the product; a laboratory (tests/conformance/dsp) derives
// another, so that both run the same services.
//
// Stateless; called from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "node/identity/local_identity.hpp"
#include "node/identity/trust_holder.hpp"
#include "policy/negotiation_fsm.hpp"
#include "policy/transfer_fsm.hpp"

namespace sekisho::node {

// A process has entered a state: for the visit-th time (from 1), by a message of the peer or by the peer's
// acknowledgement of an own one.
template <class State>
struct Moment {
  policy::Party role = policy::Party::Provider;
  std::string_view subject;  // dataset of a negotiation, agreement id of a transfer
  State state{};
  unsigned visit = 1;
  bool asked = true;  // false: a peer's offer for which this node never asked
};

// A provider that a consumer wants to speak to.
struct PeerAddress {
  std::string did;
  std::string zone;
  std::string base;  // path of its end points, without trailing slash
};

class Profile {
 public:
  virtual ~Profile() = default;

  // The message that is sent next without anybody's asking; nullopt: this node waits. Here: a provider agrees to what
  // was asked or accepted and finalizes what was verified; a consumer accepts what it had asked for and verifies; a
  // provider starts. An offer that nobody asked for waits for the operator: no peer binds this node by itself.
  [[nodiscard]] virtual std::optional<policy::NegotiationMessage> next(
      const Moment<policy::NegotiationState>& moment) const;
  [[nodiscard]] virtual std::optional<policy::TransferMessage> next(const Moment<policy::TransferState>& moment) const;

  // Agreements, requests and starts carry sealed statements, ours and the peer's; without one a message is refused.
  // False: none is made or asked for, a request needs no purpose, a start no usable data address.
  [[nodiscard]] virtual bool sealed() const { return true; }

  // The official test kit writes its suspensions as TransferTerminationMessage; a node refuses that.
  [[nodiscard]] virtual bool suspends_by_termination() const { return false; }

  // As absent_peer(): the trust snapshot gives no such node to speak to.
  [[nodiscard]] virtual Result<PeerAddress> find(const TrustHolder& trust, const std::string& dns) const;
  // The path of a callback address that may be used: callback_path() of process.hpp.
  [[nodiscard]] virtual Result<std::string> callback(std::string_view address, const std::string& peer_dns) const;
  // Where peers send their messages to this node, without trailing slash.
  [[nodiscard]] virtual std::string own_base(const LocalIdentity& self) const;
};

[[nodiscard]] const Profile& product_profile();

}  // namespace sekisho::node
