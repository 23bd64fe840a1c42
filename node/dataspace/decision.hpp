// Decisions about a process as entries of the log: GOVERNANCE what this node decided, OBSERVED what its peer said. Each
// is canonical JSON: what ("negotiation", "transfer"), act, by ("provider", "consumer"), process (this node's id), peer
// (DID), code where there is one, and what the kind of process adds. Internal to this room.
#pragma once

#include <string_view>

#include "base/core/result.hpp"
#include "node/dataspace/process.hpp"
#include "node/journal/unit.hpp"

namespace sekisho::node {

// Whose word it is: this node's decision, or what the peer's message said.
enum class Word { Own, Peer };

// subject: what the kind adds. The caller adds the tokens of its kind; the peer's is there.
[[nodiscard]] Result<EntryDraft> decision_entry(const ProcessBase& process, std::string_view what, std::string_view act,
                                                Word by, JsonObject subject);

}  // namespace sekisho::node
