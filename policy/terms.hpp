// The closed table of terms that this node understands: operands, operators, actions, profiles.
//
// A term of ODRL has three spellings, `dateTime`, `odrl:dateTime` and the full IRI; a term of the Sekisho profile has
// one, its full IRI, and asks for the profile's IRI in the policy's `profile`. Every other text is unknown, and an
// unknown term refuses the policy at admission. What is written always has the `odrl:` form (`use` and the operators
// stand alone), which a JSON-LD reader with the DSP 2025-1 context understands too. Pure; constant data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::policy {

inline constexpr std::string_view kDspContext = "https://w3id.org/dspace/2025/1/context.jsonld";
inline constexpr std::string_view kOdrl = "http://www.w3.org/ns/odrl/2/";
inline constexpr std::string_view kSekishoProfile = "https://w3id.org/sekisho/v1/";
inline constexpr std::string_view kRecipientZone = "https://w3id.org/sekisho/v1/recipientZone";
inline constexpr std::string_view kView = "https://w3id.org/sekisho/v1/view";

enum class Operand : std::uint8_t { DateTime, Purpose, Count, Recipient, RecipientZone, View };
inline constexpr std::size_t kOperands = 6;

enum class Operator : std::uint8_t { Eq, Neq, Lt, Lteq, Gt, Gteq, IsA, IsAnyOf, IsNoneOf };

// The actions that a rule may name. Use includes all before Transfer, which includes Give and Sell (ODRL 2.2,
// includedIn).
enum class Action : std::uint8_t {
  Use,
  Read,
  Display,
  Derive,
  Aggregate,
  Anonymize,
  Index,
  Modify,
  Reproduce,
  Distribute,
  GrantUse,
  Present,
  Archive,
  Delete,
  Transfer,
  Give,
  Sell
};
inline constexpr std::size_t kActions = 17;

// One bit for each Action.
using ActionMask = std::uint32_t;
[[nodiscard]] constexpr ActionMask bit(Action action) { return ActionMask{1} << static_cast<unsigned>(action); }

// What a value must be.
enum class ValueType : std::uint8_t { Instant, Integer, Text, ViewId };

// How far a term is enforced, strongest first: here (E), in compute-to-data (Ec), receipt needed (Rn), audited (A),
// contract only (C). The label of a rule is the weakest of its terms.
enum class Label : std::uint8_t { Enforced, EnforcedInCompute, ReceiptNeeded, Audited, ContractOnly };

struct OperandInfo {
  Operand operand;
  std::string_view iri;
  std::string_view written;  // as this node writes it
  ValueType type;
  std::uint16_t operators;  // one bit for each Operator
  Label label;
  bool profile;  // of the Sekisho profile
};

[[nodiscard]] const OperandInfo& info(Operand operand);
[[nodiscard]] bool allows(Operand operand, Operator op);

[[nodiscard]] std::optional<Operand> operand_from_text(std::string_view text);
// The name without prefix only, as DSP 2025-1 says; `term-lteq`, prefixed and full spellings are unknown.
[[nodiscard]] std::optional<Operator> operator_from_text(std::string_view text);
[[nodiscard]] std::optional<Action> action_from_text(std::string_view text);

[[nodiscard]] std::string_view to_text(Operand operand);  // "odrl:dateTime", or the full IRI of the profile's
[[nodiscard]] std::string_view to_text(Operator op);      // "lteq"
[[nodiscard]] std::string_view to_text(Action action);    // "use", "odrl:read"
[[nodiscard]] std::string_view to_text(Label label);      // "E", "Ec", "Rn", "A", "C"

// The actions that a permission or prohibition of this action covers.
[[nodiscard]] ActionMask covered(Action action);

// What this node can be asked for: reading a dataset.
inline constexpr Action kServedAction = Action::Read;

// The supported spelling nearest to an unknown one, for the admission report; empty when nothing is near.
[[nodiscard]] std::string nearest_operand(std::string_view text);
[[nodiscard]] std::string nearest_action(std::string_view text);

// `purpose` and every purpose that the pinned excerpt of DPV 2.3 has under it: what `isA` accepts.
[[nodiscard]] std::vector<std::string> narrower_purposes(std::string_view purpose);

}  // namespace sekisho::policy
