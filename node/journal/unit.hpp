// A unit of work: everything that one step changes, committed by the writer in one synced batch, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/uuid.hpp"
#include "node/journal/dimension.hpp"
#include "node/journal/ports/storage.hpp"
#include "node/journal/position.hpp"
#include "schemas/log.pb.h"
#include "trust/evidence/seal.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

// Somebody else's statement, kept unchanged with its whole seal (kinds …_IN). Verified before it comes here.
struct Foreign {
  std::string payload;
  trust::Seal seal;
};

struct EntryDraft {
  pb::EntryKind kind{};
  Uuid exchange{};  // all zero: the entry belongs to no exchange
  // An own statement that the writer completes and seals; a peer's; or canonical JSON text of an entry that
  // carries no statement (GENESIS, START, GOVERNANCE …).
  std::variant<trust::Draft, Foreign, std::string> content;
  // Digest of the agreement, for entries whose content does not say it (a Draft does). Adds its token.
  std::optional<Digest> agreement;
  std::vector<std::pair<Dimension, std::string>> tokens;  // ≤ 16; Kind and Agreement are added by the journal
};

// Exclusive use of a key of Family::Exchange: first commit wins. Written with the be64 position of that entry of the
// unit (or of the entry that would come next, for a unit without entries).
struct Claim {
  Bytes key;
  std::size_t entry = 0;
};

struct CommittedEntry {
  std::uint64_t index = 0;  // in the current log
  Position position = 0;
  Instant time{};
  Digest id{};          // statement id; all zero for an entry without statement
  std::string payload;  // own statements: the sealed bytes
  trust::Seal seal;     // own statements: with the path
};

struct Unit {
  std::vector<EntryDraft> entries;  // ≤ 1 024; may be empty: mutations only
  std::vector<Mutation> mutations;
  std::vector<Claim> claims;
  // Runs on the writer thread after indexes and ids are assigned and seals made, before the commit: adds the
  // mutations that depend on them. Must be quick, must not call the journal, and must not release what it sees:
  // it is not durable yet.
  std::function<void(const std::vector<CommittedEntry>&, std::vector<Mutation>&)> derive;
};

struct Committed {
  std::vector<CommittedEntry> entries;  // in the order of the drafts
};

}  // namespace sekisho::node
