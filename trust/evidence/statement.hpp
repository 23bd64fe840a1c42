// Statements: in-toto Statement v1 as strict JSON; what a node says, sealed and logged (formats.md 2).
//
// A caller fills a Draft; the journal's writer adds what it alone may assign (Assigned) and assembles the payload
// once. From then on the payload's bytes are the statement: they are hashed, sealed, stored and sent unchanged.
//
// Subjects. A release and a receipt name the content they speak of: Draft::subject has one member, {"exchange id",
// commitment}; an erasure has one for each commitment erased. The digest is written as sekishoCommitV1. Every other
// kind (and a receipt of outcome "lost" or "rejected" that has no commitment) leaves Draft::subject empty and gets one
// subject: its exchange or transfer id (agreement: its negotiation id) with the digest
// sekishoRefV1 = SHA-256("sekisho-ref-v1\0" ‖ rand ‖ name), which says nothing that the statement does not say.
//
// Members of each kind: member_table.cpp. Unknown members are refused; a new member is a new predicate version.
// Errors: Code::StatementInvalid. Pure, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/core/uuid.hpp"
#include "trust/evidence/kinds.hpp"

namespace sekisho::trust {

inline constexpr std::size_t kMaxPayloadBytes = 16U << 10;
inline constexpr std::string_view kPayloadType = "application/vnd.in-toto+json";

struct Subject {
  std::string name;
  Digest commitment{};
  bool operator==(const Subject&) const = default;
};

struct Draft {
  StatementKind kind = StatementKind::Intent;
  std::vector<Subject> subject;
  std::optional<Digest> agreement;  // SHA-256 of the agreement's canonical JSON
  JsonObject members;               // the kind's own members, nothing that Assigned holds
};

struct Issuer {
  std::string did;   // did:web:<dns>
  std::string zone;
  Digest cert{};     // SHA-256 of the statement certificate's DER
  bool operator==(const Issuer&) const = default;
};

struct Assigned {
  Issuer issuer;
  std::string origin;
  std::uint64_t index = 0;
  Instant time;
  ClockReading clock;
  std::uint64_t snapshot_seq = 0;
  Digest snapshot_digest{};
  std::array<std::uint8_t, 16> rand{};
  std::optional<std::uint64_t> counter;  // present iff the draft is under an agreement; the first is 0
  std::optional<Digest> prev;            // id of the statement with counter - 1; absent iff the counter is 0
};

struct Party {
  std::string did;
  std::string zone;      // empty for a foreign party
  bool foreign = false;  // a peer that speaks the Dataspace Protocol only
  bool operator==(const Party&) const = default;
};

struct Statement {
  StatementKind kind = StatementKind::Intent;
  Digest id{};
  Issuer issuer;
  std::string origin;
  std::uint64_t index = 0;
  Instant time;  // log.time
  ClockReading clock;
  std::uint64_t snapshot_seq = 0;
  Digest snapshot_digest{};
  std::array<std::uint8_t, 16> rand{};
  std::optional<Digest> agreement;
  std::optional<std::uint64_t> counter;
  std::optional<Digest> prev;
  std::vector<Subject> subject;  // commitments only
  JsonObject predicate;          // all members, as they stand

  // Of the kind's own members; nullopt where absent. Types were checked by parse_statement.
  [[nodiscard]] std::optional<std::string> text(std::string_view member) const;
  [[nodiscard]] std::optional<Digest> digest(std::string_view member) const;
  [[nodiscard]] std::optional<std::uint64_t> integer(std::string_view member) const;
  [[nodiscard]] std::optional<Party> party(std::string_view member) const;
  [[nodiscard]] std::optional<Uuid> exchange() const;
  [[nodiscard]] std::vector<Digest> digests(std::string_view member) const;
};

// The payload. Drafts of wrong shape give a payload that parse_statement refuses; check_draft says so beforehand.
[[nodiscard]] std::string assemble(const Draft& draft, const Assigned& assigned);
[[nodiscard]] Status check_draft(const Draft& draft);

[[nodiscard]] Result<Statement> parse_statement(std::string_view payload);

// DSSE's pre-authentication encoding of the payload, and the id: its SHA-256.
[[nodiscard]] Bytes pae(std::string_view payload);
[[nodiscard]] Digest statement_id(std::string_view payload);

}  // namespace sekisho::trust
