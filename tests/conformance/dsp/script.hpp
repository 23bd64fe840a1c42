// What the connector under test does on its own in each test of the DSP TCK 1.0.1, as a table keyed by role, dataset or
// agreement, state and how often the state was entered. What is not in the table is not sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/dataspace/profile.hpp"

namespace sekisho::lab {

[[nodiscard]] std::optional<policy::NegotiationMessage> scripted(const node::Moment<policy::NegotiationState>& moment);
[[nodiscard]] std::optional<policy::TransferMessage> scripted(const node::Moment<policy::TransferState>& moment);

// What must be there before the first test.
[[nodiscard]] std::vector<std::string> datasets();
[[nodiscard]] std::vector<std::string> provided_agreements();
[[nodiscard]] std::vector<std::string> consumed_agreements();
[[nodiscard]] std::string offer_id(const std::string& dataset);

}  // namespace sekisho::lab
