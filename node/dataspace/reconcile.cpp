#include "node/dataspace/reconcile.hpp"

#include <array>
#include <vector>

namespace sekisho::node {
namespace {

constexpr std::array kNegotiationMessages{
    policy::NegotiationMessage::Request,   policy::NegotiationMessage::Offer,        policy::NegotiationMessage::Accepted,
    policy::NegotiationMessage::Agreement, policy::NegotiationMessage::Verification, policy::NegotiationMessage::Finalized};
constexpr std::array kTransferMessages{policy::TransferMessage::Start, policy::TransferMessage::Completion,
                                       policy::TransferMessage::Suspension};

// Whether messages of this sender alone lead from one state to the other, and not over the third.
template <class State, class Messages>
bool leads(State from, State to, State around, policy::Party sender, const Messages& messages) {
  std::vector<State> reached{from};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i] == to) return true;
    for (const auto message : messages) {
      const Result<State> next = policy::next(reached[i], message, sender);
      bool known = !next || *next == around;
      for (const State state : reached) known = known || state == *next;
      if (!known) reached.push_back(*next);
    }
  }
  return false;
}

template <class State, class Message, class Messages>
Verdict judge(State own, Message pending, policy::Party self, State peer, const Messages& messages) {
  if (peer == State::None) return Verdict::Unusable;
  const Result<State> target = policy::next(own, pending, self);
  const State to = target ? *target : own;  // an end was entered when the message was written
  if (peer == to) return Verdict::Arrived;
  if (peer == State::Terminated) return Verdict::Ended;
  // By a round of its own messages the peer may be back where this node is; what cannot be told apart is repeated.
  if (target && peer != own && leads(to, peer, own, policy::other(self), messages)) return Verdict::Arrived;
  if (!policy::is_final(peer)) return Verdict::NotArrived;
  // Final without this node's last word: possible only where the peer may end it so, or where this node has ended it.
  if (policy::is_final(to) || leads(own, peer, own, policy::other(self), messages)) return Verdict::Ended;
  return Verdict::Unusable;
}

}  // namespace

Verdict judge_pending(policy::NegotiationState own, policy::NegotiationMessage pending, policy::Party self,
                      policy::NegotiationState peer) {
  return judge(own, pending, self, peer, kNegotiationMessages);
}

Verdict judge_pending(policy::TransferState own, policy::TransferMessage pending, policy::Party self, policy::TransferState peer) {
  return judge(own, pending, self, peer, kTransferMessages);
}

}  // namespace sekisho::node
