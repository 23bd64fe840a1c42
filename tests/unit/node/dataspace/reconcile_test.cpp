// Every own state, pending message and state of the peer, for both roles: what the peer's word means, written down a second
// time. What is not in the table cannot be pending.
#include "node/dataspace/reconcile.hpp"

#include <array>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

using policy::Party;
using enum Verdict;

// One letter for each state of the peer, in the order of the enumeration: a(rrived), n(ot arrived), e(nded), u(nusable).
Verdict read(char letter) {
  switch (letter) {
    case 'a': return Arrived;
    case 'n': return NotArrived;
    case 'e': return Ended;
    default: return Unusable;
  }
}

template <class State, class Message>
struct Row {
  const char* name;
  State own;
  Message pending;
  Party self;
  std::string_view verdicts;
};

using NS = policy::NegotiationState;
using NM = policy::NegotiationMessage;

//                                      peer: - REQ OFF ACC AGR VER FIN TER
constexpr auto kNegotiations = std::to_array<Row<NS, NM>>({
    {"offer", NS::Requested, NM::Offer, Party::Provider, "unaannue"},
    {"counter", NS::Offered, NM::Request, Party::Consumer, "uannanue"},
    {"accepted", NS::Offered, NM::Accepted, Party::Consumer, "unnaanue"},
    {"agreement", NS::Requested, NM::Agreement, Party::Provider, "unnnaaue"},
    {"agreement_to_accepted", NS::Accepted, NM::Agreement, Party::Provider, "unnnaaue"},
    {"verification", NS::Agreed, NM::Verification, Party::Consumer, "unnnnaae"},
    {"finalized", NS::Verified, NM::Finalized, Party::Provider, "unnnnnae"},
    {"termination", NS::Terminated, NM::Termination, Party::Provider, "unnnnnea"},
    {"termination_not_entered", NS::Requested, NM::Termination, Party::Provider, "unnnnnea"},
});

using TS = policy::TransferState;
using TM = policy::TransferMessage;

//                                   peer: - REQ STA SUS COM TER
constexpr auto kTransfers = std::to_array<Row<TS, TM>>({
    {"start", TS::Requested, TM::Start, Party::Provider, "unaaae"},
    {"resumption_by_provider", TS::Suspended, TM::Start, Party::Provider, "unanae"},
    {"resumption_by_consumer", TS::Suspended, TM::Start, Party::Consumer, "unanae"},
    {"suspension", TS::Started, TM::Suspension, Party::Consumer, "unnaee"},
    {"suspension_entered", TS::Suspended, TM::Suspension, Party::Provider, "unnaee"},
    {"completion_entered", TS::Completed, TM::Completion, Party::Consumer, "unnnae"},
    {"completion", TS::Started, TM::Completion, Party::Provider, "unnnae"},
    {"termination_entered", TS::Terminated, TM::Termination, Party::Consumer, "unnnea"},
});

TEST(Reconcile, EveryPendingMessageOfANegotiation) {
  for (const auto& row : kNegotiations) {
    for (std::size_t peer = 0; peer < row.verdicts.size(); ++peer) {
      SCOPED_TRACE(std::string(row.name) + " and the peer is at " + std::string(policy::to_text(static_cast<NS>(peer))));
      EXPECT_EQ(judge_pending(row.own, row.pending, row.self, static_cast<NS>(peer)), read(row.verdicts[peer]));
    }
  }
}

TEST(Reconcile, EveryPendingMessageOfATransfer) {
  for (const auto& row : kTransfers) {
    for (std::size_t peer = 0; peer < row.verdicts.size(); ++peer) {
      SCOPED_TRACE(std::string(row.name) + " and the peer is at " + std::string(policy::to_text(static_cast<TS>(peer))));
      EXPECT_EQ(judge_pending(row.own, row.pending, row.self, static_cast<TS>(peer)), read(row.verdicts[peer]));
    }
  }
}

// Whatever can be sent at all: the state it leads to says that it arrived, where this node still is says that it did not, and a
// termination ends it.
template <class State, class Message>
std::size_t check_all(std::size_t states, std::size_t messages) {
  std::size_t checked = 0;
  for (std::size_t s = 1; s < states; ++s) {
    for (std::size_t m = 0; m < messages; ++m) {
      for (const Party self : {Party::Consumer, Party::Provider}) {
        const auto own = static_cast<State>(s);
        const auto message = static_cast<Message>(m);
        const Result<State> to = policy::next(own, message, self);
        if (!to) continue;
        ++checked;
        SCOPED_TRACE(std::string(policy::to_text(own)) + " " + std::string(policy::to_text(message)));
        EXPECT_EQ(judge_pending(own, message, self, *to), Arrived);
        EXPECT_EQ(judge_pending(own, message, self, own), NotArrived);
        if (*to != State::Terminated) {
          EXPECT_EQ(judge_pending(own, message, self, State::Terminated), Ended);
        }
        EXPECT_EQ(judge_pending(own, message, self, State::None), Unusable);
      }
    }
  }
  return checked;
}

TEST(Reconcile, WhateverCanBeSent) {
  EXPECT_EQ((check_all<NS, NM>(8, 7)), 17U);
  EXPECT_EQ((check_all<TS, TM>(6, 5)), 13U);
}

}  // namespace
}  // namespace sekisho::node
