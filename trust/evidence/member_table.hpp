// The predicate's own members for each kind of statement (formats.md 2), as data. Used by assembly and parser.
#pragma once

#include <span>
#include <string_view>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "trust/evidence/kinds.hpp"

namespace sekisho::trust {

enum class MemberType : std::uint8_t {
  Hash,      // 64 hex digits
  Parents,   // 1 … 16 hashes
  Text,      // 1 … 512 octets, no control characters
  Exchange,  // a UUID in lower case
  Party,     // {did, zone}, or {did, zone?, foreign: true}
  Integer,   // 0 … 2^53 - 1
  Outcome,   // verified | rejected | partial | lost
};

enum class Presence : std::uint8_t { Required, Optional };

struct Member {
  std::string_view name;
  MemberType type;
  Presence presence;
};

// What the in-toto subject of a kind speaks of.
enum class SubjectRule : std::uint8_t {
  Reference,           // the object's id and sekishoRefV1
  Content,             // one commitment
  ContentOrReference,  // a receipt: its commitment, where it has one
  Erased,              // the commitments erased
};

struct KindRule {
  Presence agreement;
  SubjectRule subject;
  std::string_view subject_member;  // the member that names the subject; empty for Erased
  std::span<const Member> members;
};

[[nodiscard]] const KindRule& rule_of(StatementKind kind);

// The members of the kind in `object`, where `common` names may stand beside them. Code::StatementInvalid.
[[nodiscard]] Status check_members(StatementKind kind, const JsonObject& object,
                                   std::span<const std::string_view> common);

[[nodiscard]] Status statement_error(std::string_view member, std::string_view what);

}  // namespace sekisho::trust
