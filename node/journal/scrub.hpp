// The full check of a stopped or running journal's database: entries → leaf hashes → tiles → head, statements ↔
// ids, seals' paths ↔ batch, counters without gap, postings and unique indexes equal to a rebuild.
// `sekishod check`, and the oracle of the crash tests (audit-and-provenance.md 5.4).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/core/result.hpp"
#include "base/crypto/ed25519.hpp"
#include "node/journal/head.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

struct ScrubReport {
  std::uint64_t entries = 0;
  std::uint64_t own_statements = 0;
  std::uint64_t foreign_statements = 0;
  std::uint64_t seals_verified = 0;
  std::uint64_t postings = 0;
  std::uint64_t tiles = 0;
  Head head;
  std::string origin;
};

struct ScrubOptions {
  // With the key, every own seal is verified too.
  std::optional<Ed25519PublicKey> statement_key;
  // Called for every entry of the current log: index, leaf hash.
  std::function<void(std::uint64_t, const Digest&)> each_leaf;
};

// Stops at the first fault: Code::DatabaseDamaged naming entry, tile or index.
[[nodiscard]] Result<ScrubReport> scrub(const Storage& storage, const ScrubOptions& options = {});

}  // namespace sekisho::node
