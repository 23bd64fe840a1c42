// What a verifier will need of a trust state years later, as rows of family Material: the snapshot, the descriptors,
// recognitions (each under its object id, as statements name them), CRLs and certificates in it. Append to any unit;
// equal objects are one row.
#pragma once

#include <vector>

#include "node/identity/trust_holder.hpp"
#include "node/journal/ports/storage.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

[[nodiscard]] std::vector<Mutation> trust_material(const trust::TrustState& state);

// The row of family Meta that says which snapshot was accepted last, and what it says; none before the first.
[[nodiscard]] Mutation newest_snapshot_row(const trust::TrustState& state);
[[nodiscard]] Result<SeenSnapshot> newest_snapshot(const Storage& storage);

}  // namespace sekisho::node
