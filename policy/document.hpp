// A policy as it was written, after the strict reader: only its shape was checked, its terms were not. Texts are
// printable ASCII within limits::; pointers are JSON pointers into the document, for reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.hpp"

namespace sekisho::policy {

enum class PolicyKind : std::uint8_t {
  CatalogueOffer,  // in a Catalog or Dataset: no target
  MessageOffer,    // in negotiation messages: with target
  Agreement,       // assigner, assignee, target, timestamp
};

enum class RuleKind : std::uint8_t { Permission, Prohibition, Obligation };

// "x", {"@value": "x", "@type": "xsd:…"} or {"@id": "x"}.
struct RawValue {
  std::string text;
  std::string type;  // of @type, the part after xsd:; empty when none was given
  bool iri = false;
  bool operator==(const RawValue&) const = default;
};

struct RawConstraint {
  enum class Kind : std::uint8_t { Atom, And, Or, Xone, AndSequence };
  Kind kind = Kind::Atom;
  std::string pointer;
  std::string left;                  // Atom
  std::string op;                    // Atom
  std::vector<RawValue> right;       // Atom
  bool list = false;                 // Atom: the right operand was an array
  std::vector<RawConstraint> parts;  // logical; never empty
};

struct RawRule {
  RuleKind kind = RuleKind::Permission;
  std::string pointer;
  std::string action;
  std::vector<RawConstraint> constraints;  // all must hold
  std::vector<RawRule> duties;             // of a permission
};

struct PolicyDocument {
  PolicyKind kind = PolicyKind::CatalogueOffer;
  std::string id;
  std::vector<std::string> profiles;
  std::string assigner, assignee, target;  // empty where the kind has none
  std::optional<Instant> timestamp;
  std::vector<RawRule> rules;
};

}  // namespace sekisho::policy
