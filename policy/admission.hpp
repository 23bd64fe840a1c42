// Whether this node can do what a policy says, decided before anything is agreed. Nothing is ignored: a term that the
// node does not understand or cannot enforce refuses the policy, and the report names it with the nearest supported
// text.
//
// Checks (usage-policy.md 6.6): A01 unknown term, A02 value of a wrong type or form, A03 permission that can never
// hold, A04 nothing can ever be permitted, A05 permission and prohibition overlap, A06 rule given twice, A07 no
// prohibition on passing on, A08 duties (none are observed yet), A12 too complex, A16 expired. A14 is in offer.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/json.hpp"
#include "policy/document.hpp"
#include "policy/ir.hpp"

namespace sekisho::policy {

struct Finding {
  std::string check;       // "A01" …
  bool refuses = true;     // false: a warning
  std::string pointer;     // into the document
  std::string message;     // names the term; of the peer's text only identifiers, quoted
  std::string suggestion;  // supported text, or empty
};

struct AdmissionLimits {
  std::size_t rules = 64;  // of a compiled program
  std::size_t atoms = 512;
  std::size_t set_items = 1024;
  std::size_t points = 65'536;  // of the exact search behind A03 – A05
};

struct Admission {
  std::vector<Finding> findings;
  std::optional<PolicyIr> ir;  // present when nothing refuses
  [[nodiscard]] bool admitted() const { return ir.has_value(); }
};

// now: for A16 and A03; an agreement that has expired meanwhile is still read with `expired_is_fatal = false`.
struct AdmissionOptions {
  std::optional<Instant> now;
  bool expired_is_fatal = true;
  AdmissionLimits limits;
};

[[nodiscard]] Admission admit(const PolicyDocument& document, const AdmissionOptions& options = {});

// {"admitted", "digest", "findings": [{check, refuses, pointer, message, suggestion?}], "rules": [{rid, kind, label,
// text}]}
[[nodiscard]] Json report(const Admission& admission);
// The same for people, line by line.
[[nodiscard]] std::string report_text(const Admission& admission);

// admit, with Code::PolicyRefused and help "report" (the report as JSON text) when refused.
[[nodiscard]] Result<PolicyIr> admit_document(const PolicyDocument& document, const AdmissionOptions& options = {});
// read_policy and admit_document in one step.
[[nodiscard]] Result<PolicyIr> admit_policy(const Json& policy, PolicyKind kind, const AdmissionOptions& options = {});

}  // namespace sekisho::policy
