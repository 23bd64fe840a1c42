// One condition against the facts of one request. Internal to decide.
#pragma once

#include <cstdint>

#include "policy/decide.hpp"
#include "policy/program.hpp"

namespace sekisho::policy {

// failing: how many atoms would have to become True for the condition to hold. blame: the code of the one among them
// that says most to the peer. decisive: the first atom that is not True.
struct Evaluation {
  Truth truth = Truth::True;
  std::uint16_t failing = 0;
  std::uint16_t decisive = Program::kNone;
  Code blame = Code::NoPermission;
};

[[nodiscard]] Evaluation evaluate(const Program& program, std::uint16_t root, const DecisionInput& input);

}  // namespace sekisho::policy
