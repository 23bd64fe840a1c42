// What a verifier will need of a trust state years later, as rows of family Material: the snapshot, the descriptors,
// recognitions (each under its object id, as statements name them), CRLs and certificates in it. Append to any unit; equal
// objects are one row.
#pragma once

#include <vector>

#include "node/journal/ports/storage.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

[[nodiscard]] std::vector<Mutation> trust_material(const trust::TrustState& state);

}  // namespace sekisho::node
