// What stands against an agreement, in the database and on the wire. Rows of family Exchange: "hold" ‖ agreement digest
// → "suspended", "withdrawn" (by this node) or "withdrawn by the peer"; none: it is active. A withdrawal is final.
//
// On the wire a withdrawal is the code AGREEMENT_WITHDRAWN with help "by": "provider" or "consumer", in the termination
// of every transfer under the agreement and in the answer to every later request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

inline constexpr std::string_view kHoldPrefix = "hold";
inline constexpr std::string_view kSuspended = "suspended";
inline constexpr std::string_view kWithdrawn = "withdrawn";
inline constexpr std::string_view kWithdrawnByPeer = "withdrawn by the peer";

[[nodiscard]] Bytes hold_row(const Digest& agreement);
// Empty: active.
[[nodiscard]] Result<std::string> hold_of(const Storage& storage, const Digest& agreement);

[[nodiscard]] Error withdrawn_by(Role role);

// Why nothing crosses under it now: withdrawn_by() whoever did, or TransferNotStarted. Success while it is active.
[[nodiscard]] Status not_held(const Storage& storage, const AgreementRecord& agreement);

}  // namespace sekisho::node
