#include "policy/negotiation_fsm.hpp"

#include <map>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace sekisho::policy {
namespace {

constexpr std::size_t kStates = 8, kMessages = 7;

// The protocol's table (DSP 2025-1, contract negotiation), written down a second time by wire names; every combination
// that is not here is refused.
const std::map<std::tuple<std::string, std::string, char>, std::string>& allowed() {
  static const std::map<std::tuple<std::string, std::string, char>, std::string> table{
      {{"NONE", "ContractRequestMessage", 'C'}, "REQUESTED"},
      {{"NONE", "ContractOfferMessage", 'P'}, "OFFERED"},
      {{"REQUESTED", "ContractOfferMessage", 'P'}, "OFFERED"},
      {{"REQUESTED", "ContractAgreementMessage", 'P'}, "AGREED"},
      {{"OFFERED", "ContractRequestMessage", 'C'}, "REQUESTED"},
      {{"OFFERED", "ContractNegotiationEventMessage ACCEPTED", 'C'}, "ACCEPTED"},
      {{"ACCEPTED", "ContractAgreementMessage", 'P'}, "AGREED"},
      {{"AGREED", "ContractAgreementVerificationMessage", 'C'}, "VERIFIED"},
      {{"VERIFIED", "ContractNegotiationEventMessage FINALIZED", 'P'}, "FINALIZED"},
      {{"REQUESTED", "ContractNegotiationTerminationMessage", 'C'}, "TERMINATED"},
      {{"REQUESTED", "ContractNegotiationTerminationMessage", 'P'}, "TERMINATED"},
      {{"OFFERED", "ContractNegotiationTerminationMessage", 'C'}, "TERMINATED"},
      {{"OFFERED", "ContractNegotiationTerminationMessage", 'P'}, "TERMINATED"},
      {{"ACCEPTED", "ContractNegotiationTerminationMessage", 'C'}, "TERMINATED"},
      {{"ACCEPTED", "ContractNegotiationTerminationMessage", 'P'}, "TERMINATED"},
      {{"AGREED", "ContractNegotiationTerminationMessage", 'C'}, "TERMINATED"},
      {{"AGREED", "ContractNegotiationTerminationMessage", 'P'}, "TERMINATED"},
      {{"VERIFIED", "ContractNegotiationTerminationMessage", 'C'}, "TERMINATED"},
      {{"VERIFIED", "ContractNegotiationTerminationMessage", 'P'}, "TERMINATED"},
  };
  return table;
}

template <class F>
void for_all(F f) {
  for (std::size_t s = 0; s < kStates; ++s) {
    for (std::size_t m = 0; m < kMessages; ++m) {
      for (const Party party : {Party::Consumer, Party::Provider}) {
        f(static_cast<NegotiationState>(s), static_cast<NegotiationMessage>(m), party);
      }
    }
  }
}

TEST(NegotiationFsm, EveryStateMessageAndSender) {
  std::size_t taken = 0, refused = 0;
  for_all([&](NegotiationState state, NegotiationMessage message, Party party) {
    const char who = party == Party::Consumer ? 'C' : 'P';
    const auto row = allowed().find({std::string(to_text(state)), std::string(to_text(message)), who});
    const Result<NegotiationState> result = next(state, message, party);
    SCOPED_TRACE(std::string(to_text(state)) + " " + std::string(to_text(message)) + " " + who);
    if (row != allowed().end()) {
      ASSERT_TRUE(result.has_value());
      EXPECT_EQ(to_text(*result), row->second);
      ++taken;
    } else {
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().code, Code::StateTransition);
      ++refused;
    }
  });
  EXPECT_EQ(taken, allowed().size());
  EXPECT_EQ(taken + refused, kStates * kMessages * 2);
}

TEST(NegotiationFsm, SendsLessThanItTakes) {
  std::size_t sendable = 0;
  for_all([&](NegotiationState state, NegotiationMessage message, Party party) {
    if (!may_send(state, message, party)) return;
    ++sendable;
    EXPECT_TRUE(next(state, message, party).has_value()) << to_text(state) << to_text(message);
  });
  EXPECT_EQ(sendable, 9U + 7U);  // the diagram: two parties in two states, one in three
}

TEST(NegotiationFsm, ARepetitionIsWhatLedHere) {
  for_all([&](NegotiationState state, NegotiationMessage message, Party party) {
    bool leads_here = false;
    for (std::size_t s = 0; s < kStates; ++s) {
      const auto to = next(static_cast<NegotiationState>(s), message, party);
      leads_here = leads_here || (to.has_value() && *to == state);
    }
    EXPECT_EQ(may_be_repeated(state, message, party), leads_here) << to_text(state) << to_text(message);
  });
}

TEST(NegotiationFsm, NamesOfStates) {
  for (std::size_t s = 1; s < kStates; ++s) {
    const auto state = static_cast<NegotiationState>(s);
    EXPECT_EQ(negotiation_state_from_text(to_text(state)), state);
  }
  EXPECT_FALSE(negotiation_state_from_text("NONE").has_value());
  EXPECT_FALSE(negotiation_state_from_text("requested").has_value());
}

}  // namespace
}  // namespace sekisho::policy
