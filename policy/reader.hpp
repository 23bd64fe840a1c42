// The one parser of policy input: ODRL as DSP 2025-1 carries it, read so that a JSON reader and a JSON-LD reader can
// only understand the same thing (ODRL 2.2, DSP 2025-1 policy schema).
//
// Refused: every key that is not listed for its place, aliases and prefixed keys, `@nest` and the other keywords, a
// `@context` other than exactly the pinned one, numbers and booleans as values, empty lists, action objects, rule-level
// targets, text that is not printable ASCII. Limits: 256 KiB, depth 16, 256 rules, 2,048 constraints, 4,096 items of a
// list, 2 KiB a text.
//
// Errors: Code::JsonShape with help "pointer" (and "mend" where the mend is known), Code::JsonSyntax,
// Code::LimitExceeded. Pure; callable from every thread.
#pragma once

#include <string_view>

#include "base/core/json.hpp"
#include "policy/document.hpp"

namespace sekisho::policy {

inline constexpr std::size_t kPolicyBytes = 256 * 1024;
inline constexpr std::size_t kPolicyDepth = 16;
inline constexpr std::size_t kPolicyRules = 256;
inline constexpr std::size_t kPolicyConstraints = 2048;
inline constexpr std::size_t kPolicyItems = 4096;
inline constexpr std::size_t kPolicyText = 2048;

// policy: the object of the policy itself, already parsed by parse_json (which refuses duplicate names).
[[nodiscard]] Result<PolicyDocument> read_policy(const Json& policy, PolicyKind kind);
[[nodiscard]] Result<PolicyDocument> read_policy_text(std::string_view text, PolicyKind kind);

}  // namespace sekisho::policy
