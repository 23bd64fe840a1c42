// Auditors' queries: a filter, answered as a pull stream of entries with envelope and proof at one published
// checkpoint, and a sentence that says honestly what the answer is worth.
//
// One query is used by one thread at a time; next() reads the disk (blocking pool). Memory: one page of positions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/audit/publisher.hpp"
#include "node/journal/reader.hpp"

namespace sekisho::node {

// Absent members do not restrict. All given ones must hold.
struct AuditFilter {
  std::optional<std::string> from_zone, to_zone;  // given together
  std::optional<std::string> agreement;           // hex of the agreement's digest
  std::optional<std::string> purpose;
  std::optional<std::string> dataset;
  std::optional<std::string> counterparty;  // DID
  std::optional<std::string> transfer;
  std::optional<Instant> since, until;  // log_time; until is exclusive
  std::optional<pb::EntryKind> kind;
  std::optional<Uuid> exchange;
};

// Members: from, to, agreement, purpose, dataset, counterparty, transfer, since, until, kind, exchange. Strict:
// Code::JsonShape with the pointer.
[[nodiscard]] Result<AuditFilter> parse_audit_filter(const Json& document);

[[nodiscard]] JsonObject to_json(const AuditFilter& filter);  // the same document

struct AuditMatch {
  StoredEntry entry;
  std::string origin;
  std::uint64_t index = 0;
  Digest statement{};                       // all zero: the entry carries none
  std::optional<trust::Envelope> envelope;  // entries with a statement
  std::string proof;                        // tlog-proof at the checkpoint; extra = the entry's bytes
};

class AuditQuery {
 public:
  // `reader` outlives the query. Entries beyond the checkpoint are not part of the answer. Earlier logs of the
  // node (before a restore) are searched too, at the newest checkpoint kept of them.
  AuditQuery(const LogReader& reader, const Storage& storage, std::shared_ptr<const Published> at,
             AuditFilter filter);
  ~AuditQuery();

  // The next match in the order of the log, nullopt at the end.
  [[nodiscard]] Result<std::optional<AuditMatch>> next();

  [[nodiscard]] std::uint64_t matches() const;
  // What the answer so far is worth: who signed, what is proven, and what is not.
  [[nodiscard]] JsonObject worth() const;
  // Digest over the answer so far: SHA-256 chain of the leaf hashes; goes into the ACCESS entry.
  [[nodiscard]] Digest answer_digest() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// One line of the answer: {"index", "origin", "kind", "time", "exchange", "statement", "envelope", "proof", …}.
[[nodiscard]] JsonObject to_json(const AuditMatch& match);

// The entries that record the query itself (kind ACCESS): before the first page leaves, who asked, the filter and the
// checkpoint; after the last one the same with count and digest of what was read.
[[nodiscard]] EntryDraft access_begun(std::string_view client, const AuditFilter& filter, const Published& at);
[[nodiscard]] EntryDraft access_entry(std::string_view client, const AuditFilter& filter, const Published& at,
                                      std::uint64_t count, const Digest& answer);

// "NRO_OUT" ↔ the number; the names of schemas/proto/log.proto.
[[nodiscard]] std::string_view kind_name(pb::EntryKind kind);
[[nodiscard]] Result<pb::EntryKind> kind_from_name(std::string_view name);

}  // namespace sekisho::node
