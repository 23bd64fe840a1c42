// The entries that a log says about itself: GENESIS, START, KEY, LOG_CLOSE. Each is canonical JSON in `detail`.
// They repeat keys, they never introduce one: the zone's snapshot does (formats.md 3).
#pragma once

#include <optional>
#include <string>

#include "node/journal/head.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

struct Predecessor {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  std::string reason;
};

[[nodiscard]] EntryDraft genesis_entry(const JournalOptions& options, const std::string& origin,
                                       const std::optional<Predecessor>& predecessor);
[[nodiscard]] EntryDraft close_entry(const Predecessor& closed);
[[nodiscard]] EntryDraft start_entry(const JournalOptions& options, const Head& previous, std::string_view reason);
[[nodiscard]] EntryDraft key_entry(const JournalOptions& options, const std::string& origin);

// What the last KEY or GENESIS entry named, as stored under keys::kSigners.
[[nodiscard]] Bytes signers_row(const JournalOptions& options);

// The first unit of a start, given what is stored: GENESIS (and LOG_CLOSE after a predecessor) for an empty log, KEY
// when the keys changed, START always; with the rows that name log, owner and keys.
[[nodiscard]] Result<Unit> opening_unit(const JournalOptions& options, const std::string& origin, const Head& head,
                                        const Storage& storage, const std::optional<Predecessor>& predecessor,
                                        std::string_view reason);

}  // namespace sekisho::node
