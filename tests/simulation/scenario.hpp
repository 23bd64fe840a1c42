// What is to happen between the nodes, and what is planted into them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/node.hpp"

namespace sekisho::simulation {

// Something an operator does. It is done once, when the world is calm or, as a deviation, at any moment where it is
// ready.
struct Act {
  std::string_view name;
  std::size_t node = kTrade;
  bool (*ready)(const std::vector<const SimNode*>& nodes) = nullptr;
  SimNode::Will run = nullptr;
  bool at_once = false;  // right after the act before, without waiting for anything
};

struct Scenario {
  std::string_view name;
  const node::Profile* profile = &node::product_profile();
  bool agreed = false;          // begins with an agreement between the two
  bool ends_may_cross = false;  // both sides may end a process by themselves at the same time, each in its way
  std::vector<Act> acts;
};

[[nodiscard]] const std::vector<Scenario>& scenarios();

// A defect that is put into both nodes.
struct Plant {
  std::string_view name;  // empty: none
  bool (*leaves_out)(const node::Mutation&) = nullptr;
  bool says_durable_early = false;
  // Only what somebody outside of the node could see counts, not what its database looks like.
  bool from_outside = false;
};

[[nodiscard]] const std::vector<Plant>& plants();

}  // namespace sekisho::simulation
