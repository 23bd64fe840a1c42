// A policy as it is meant: terms resolved, values typed, rules sorted. Two documents that mean the same by the term
// table (spelling, order of rules, order and nesting of constraints, time zones, `eq x` and `isAnyOf [x]`) have the
// same IR and digest. The normal form of a condition:
//   Text      eq and isAnyOf are IsAnyOf, neq and isNoneOf are IsNoneOf, isA stays; texts sorted
//   Instant   a date is a UTC day (or that of its offset): lt and gteq compare with its first microsecond, lteq and gt
//   with
//             its last, eq is All of gteq and lteq, neq is Any of lt and gt
//   logical   All in All and Any in Any are flattened, doubles dropped, a part alone stands for itself; andSequence is
//   none
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "policy/document.hpp"
#include "policy/terms.hpp"

namespace sekisho::policy {

struct Atom {
  Operand operand = Operand::DateTime;
  Operator op = Operator::Eq;
  std::int64_t number = 0;         // Integer; Instant: microseconds since 1970 UTC
  std::vector<std::string> texts;  // Text, ViewId: sorted, unique
  bool operator==(const Atom&) const = default;
};

struct Expr {
  enum class Kind : std::uint8_t { Atom, All, Any, One };
  Kind kind = Kind::All;  // All of nothing is true
  Atom atom;
  std::vector<Expr> parts;  // sorted by their canonical text
};

struct Rule {
  std::string rid;  // base32 of the first 80 bits of SHA-256(canonical rule): the same wherever the rule stands
  RuleKind kind = RuleKind::Permission;
  Action action = Action::Use;
  Expr condition;
  Label label = Label::Enforced;
  std::string pointer;  // where it stood in the document; no part of its identity
};

struct PolicyIr {
  Digest digest{};  // SHA-256 over the canonical profiles and rules; not over id, parties and target
  PolicyKind kind = PolicyKind::CatalogueOffer;
  std::string id;
  std::vector<std::string> profiles;  // sorted
  std::string assigner, assignee, target;
  std::optional<Instant> timestamp;
  std::vector<Rule> rules;  // sorted by rid, no two alike
};

// The rule or condition as canonical JSON, the input of rids and digests.
[[nodiscard]] std::string canonical_text(const Expr& condition);
[[nodiscard]] std::string canonical_text(const Rule& rule);

// Sorts, removes doubles, computes rids, labels and the digest. Called by admission; again after any edit.
void seal(PolicyIr& ir);

// The policy's members for the wire (permission, prohibition, profile; no @id, @type, parties), in the one normal form.
[[nodiscard]] JsonObject wire_rules(const PolicyIr& ir);

// One sentence for each rule, English, from the IR only: no text of the peer but identifiers.
[[nodiscard]] std::string plain_text(const Rule& rule);
[[nodiscard]] std::string plain_text(const PolicyIr& ir);

// All purposes (or zones) that some permission names as acceptable, sorted.
[[nodiscard]] std::vector<std::string> offered_values(const PolicyIr& ir, Operand operand);

// The view that the permissions name, when all that name one name the same.
[[nodiscard]] std::optional<Digest> named_view(const PolicyIr& ir);

}  // namespace sekisho::policy
