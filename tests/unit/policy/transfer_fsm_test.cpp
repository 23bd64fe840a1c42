#include "policy/transfer_fsm.hpp"

#include <map>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace sekisho::policy {
namespace {

constexpr std::size_t kStates = 6, kMessages = 5;

// DSP 2025-1, transfer process; 'B' is both parties.
const std::map<std::tuple<std::string, std::string, char>, std::string>& allowed() {
  static const std::map<std::tuple<std::string, std::string, char>, std::string> table{
      {{"NONE", "TransferRequestMessage", 'C'}, "REQUESTED"},
      {{"REQUESTED", "TransferStartMessage", 'P'}, "STARTED"},
      {{"REQUESTED", "TransferTerminationMessage", 'B'}, "TERMINATED"},
      {{"STARTED", "TransferCompletionMessage", 'B'}, "COMPLETED"},
      {{"STARTED", "TransferSuspensionMessage", 'B'}, "SUSPENDED"},
      {{"STARTED", "TransferTerminationMessage", 'B'}, "TERMINATED"},
      {{"SUSPENDED", "TransferStartMessage", 'B'}, "STARTED"},
      {{"SUSPENDED", "TransferTerminationMessage", 'B'}, "TERMINATED"},
  };
  return table;
}

template <class F>
void for_all(F f) {
  for (std::size_t s = 0; s < kStates; ++s) {
    for (std::size_t m = 0; m < kMessages; ++m) {
      for (const Party party : {Party::Consumer, Party::Provider}) {
        f(static_cast<TransferState>(s), static_cast<TransferMessage>(m), party);
      }
    }
  }
}

TEST(TransferFsm, EveryStateMessageAndSender) {
  std::size_t taken = 0, refused = 0;
  for_all([&](TransferState state, TransferMessage message, Party party) {
    const std::string from(to_text(state)), what(to_text(message));
    auto row = allowed().find({from, what, 'B'});
    if (row == allowed().end()) row = allowed().find({from, what, party == Party::Consumer ? 'C' : 'P'});
    const Result<TransferState> result = next(state, message, party);
    SCOPED_TRACE(from + " " + what);
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
  EXPECT_EQ(taken, 2U + 6U * 2U);
  EXPECT_EQ(taken + refused, kStates * kMessages * 2);
}

TEST(TransferFsm, FinalStatesEndAll) {
  for_all([&](TransferState state, TransferMessage message, Party party) {
    EXPECT_FALSE(is_final(state) && next(state, message, party).has_value());
  });
  EXPECT_TRUE(is_final(TransferState::Completed));
  EXPECT_TRUE(is_final(TransferState::Terminated));
  EXPECT_FALSE(is_final(TransferState::Suspended));
}

TEST(TransferFsm, ARepetitionIsWhatLedHere) {
  for_all([&](TransferState state, TransferMessage message, Party party) {
    bool leads_here = false;
    for (std::size_t s = 0; s < kStates; ++s) {
      const auto to = next(static_cast<TransferState>(s), message, party);
      leads_here = leads_here || (to.has_value() && *to == state);
    }
    EXPECT_EQ(may_be_repeated(state, message, party), leads_here) << to_text(state) << to_text(message);
  });
}

TEST(TransferFsm, NamesOfStates) {
  for (std::size_t s = 1; s < kStates; ++s) {
    const auto state = static_cast<TransferState>(s);
    EXPECT_EQ(transfer_state_from_text(to_text(state)), state);
  }
  EXPECT_FALSE(transfer_state_from_text("NONE").has_value());
}

}  // namespace
}  // namespace sekisho::policy
