// The kinds of statement, their predicate types, and the log entries that hold them (formats.md 2 and 4).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/log.pb.h"

namespace sekisho::trust {

enum class StatementKind : std::uint8_t {
  Agreement,
  Request,
  Terms,
  Intent,
  Release,
  Receipt,
  Refusal,
  Void,
  Erasure,
  StreamOpen,
  StreamHead,
  StreamEnd
};

inline constexpr auto kStatementKinds = std::to_array<StatementKind>(
    {StatementKind::Agreement, StatementKind::Request, StatementKind::Terms, StatementKind::Intent,
     StatementKind::Release, StatementKind::Receipt, StatementKind::Refusal, StatementKind::Void,
     StatementKind::Erasure, StatementKind::StreamOpen, StatementKind::StreamHead, StatementKind::StreamEnd});

[[nodiscard]] std::string_view kind_name(StatementKind kind);       // "release"
[[nodiscard]] std::string_view predicate_type(StatementKind kind);  // "https://w3id.org/sekisho/release/v1"
[[nodiscard]] std::optional<StatementKind> kind_of_predicate(std::string_view predicate_type);

// The entry that holds an own statement of this kind, and the one that holds a peer's. An intent and an erasure are
// told to nobody: their peer kind is OBSERVED.
[[nodiscard]] pb::EntryKind own_entry_kind(StatementKind kind);
[[nodiscard]] pb::EntryKind peer_entry_kind(StatementKind kind);

}  // namespace sekisho::trust
