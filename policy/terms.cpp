#include "policy/terms.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace sekisho::policy {
namespace {

using O = Operator;

constexpr std::uint16_t ops(std::initializer_list<Operator> list) {
  std::uint16_t out = 0;
  for (const Operator op : list) out = static_cast<std::uint16_t>(out | (1U << static_cast<unsigned>(op)));
  return out;
}

constexpr std::uint16_t kMembership = ops({O::Eq, O::Neq, O::IsAnyOf, O::IsNoneOf});

// In the order of Operand. A purpose is what the consumer declares and seals: it can be held to it, not stopped.
constexpr std::array<OperandInfo, kOperands> kOperandTable{{
    {Operand::DateTime, "http://www.w3.org/ns/odrl/2/dateTime", "odrl:dateTime", ValueType::Instant,
     ops({O::Eq, O::Neq, O::Lt, O::Lteq, O::Gt, O::Gteq}), Label::Enforced, false},
    {Operand::Purpose, "http://www.w3.org/ns/odrl/2/purpose", "odrl:purpose", ValueType::Text,
     ops({O::Eq, O::Neq, O::IsA, O::IsAnyOf, O::IsNoneOf}), Label::Audited, false},
    {Operand::Count, "http://www.w3.org/ns/odrl/2/count", "odrl:count", ValueType::Integer, ops({O::Lt, O::Lteq}),
     Label::Enforced, false},
    {Operand::Recipient, "http://www.w3.org/ns/odrl/2/recipient", "odrl:recipient", ValueType::Text, kMembership,
     Label::Enforced, false},
    {Operand::RecipientZone, kRecipientZone, kRecipientZone, ValueType::Text, kMembership, Label::Enforced, true},
    {Operand::View, kView, kView, ValueType::ViewId, ops({O::Eq}), Label::Enforced, true},
}};

// In the order of Operator and Action.
constexpr std::array<std::string_view, 9> kOperatorNames{"eq",   "neq", "lt",      "lteq",    "gt",
                                                         "gteq", "isA", "isAnyOf", "isNoneOf"};
constexpr std::array<std::string_view, kActions> kActionNames{
    "use",          "odrl:read",   "odrl:display",   "odrl:derive",     "odrl:aggregate", "odrl:anonymize",
    "odrl:index",   "odrl:modify", "odrl:reproduce", "odrl:distribute", "odrl:grantUse",  "odrl:present",
    "odrl:archive", "odrl:delete", "odrl:transfer",  "odrl:give",       "odrl:sell"};

constexpr std::string_view kPrefix = "odrl:";

// The local name of an ODRL term in one of its three spellings; a prefixed or full name leaves something behind.
std::string_view local_name(std::string_view text) {
  if (text.starts_with(kPrefix)) return text.substr(kPrefix.size());
  if (text.starts_with(kOdrl)) return text.substr(kOdrl.size());
  return text;
}

// Narrower → broader, of DPV 2.3 (https://w3id.org/dpv#). The excerpt is part of the program: its meaning is the
// version's.
constexpr std::string_view kDpv = "https://w3id.org/dpv#";
constexpr auto kBroader = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"AcademicResearch", "ResearchAndDevelopment"},
    {"CommercialResearch", "ResearchAndDevelopment"},
    {"NonCommercialResearch", "ResearchAndDevelopment"},
    {"Advertising", "Marketing"},
    {"DirectMarketing", "Marketing"},
    {"PersonalisedAdvertising", "Advertising"},
    {"TargetedAdvertising", "PersonalisedAdvertising"},
    {"LegalCompliance", "FulfilmentOfObligation"},
});

void add_narrower(std::string_view name, std::vector<std::string>& out) {
  for (const auto& [narrow, broad] : kBroader) {
    if (broad != name) continue;
    out.push_back(std::string(kDpv) + std::string(narrow));
    add_narrower(narrow, out);
  }
}

std::string folded(std::string_view text) {
  const std::size_t cut = text.find_last_of("#/:");
  std::string out(cut == std::string_view::npos ? text : text.substr(cut + 1));
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// Levenshtein, of short names.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

template <class Names, class Get>
std::string nearest(std::string_view text, const Names& names, Get get) {
  const std::string wanted = folded(text.substr(0, 256));
  if (wanted.size() > 32) return {};
  std::string best;
  std::size_t least = 4;  // beyond three edits nothing is near
  for (const auto& name : names) {
    const std::string_view written = get(name);
    const std::string known = folded(written);
    const std::size_t d = distance(wanted, known);
    if (d < least && d < known.size()) {
      least = d;
      best = written;
    }
  }
  return best;
}

}  // namespace

const OperandInfo& info(Operand operand) { return kOperandTable[static_cast<std::size_t>(operand)]; }

bool allows(Operand operand, Operator op) { return (info(operand).operators >> static_cast<unsigned>(op) & 1U) != 0; }

std::optional<Operand> operand_from_text(std::string_view text) {
  for (const OperandInfo& row : kOperandTable) {
    if (text == row.iri) return row.operand;
    if (!row.profile && local_name(text) == local_name(row.iri)) return row.operand;
  }
  return std::nullopt;
}

std::optional<Operator> operator_from_text(std::string_view text) {
  const auto it = std::ranges::find(kOperatorNames, text);
  if (it == kOperatorNames.end()) return std::nullopt;
  return static_cast<Operator>(it - kOperatorNames.begin());
}

std::optional<Action> action_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kActions; ++i) {
    if (local_name(text) == local_name(kActionNames[i])) return static_cast<Action>(i);
  }
  return std::nullopt;
}

std::string_view to_text(Operand operand) { return info(operand).written; }
std::string_view to_text(Operator op) { return kOperatorNames[static_cast<std::size_t>(op)]; }
std::string_view to_text(Action action) { return kActionNames[static_cast<std::size_t>(action)]; }

std::string_view to_text(Label label) {
  constexpr std::array<std::string_view, 5> kLabels{"E", "Ec", "Rn", "A", "C"};
  return kLabels[static_cast<std::size_t>(label)];
}

ActionMask covered(Action action) {
  constexpr ActionMask kUnderUse = bit(Action::Transfer) - 1;
  constexpr ActionMask kUnderTransfer = bit(Action::Transfer) | bit(Action::Give) | bit(Action::Sell);
  if (action == Action::Use) return kUnderUse;
  if (action == Action::Transfer) return kUnderTransfer;
  return bit(action);
}

std::string nearest_operand(std::string_view text) {
  return nearest(text, kOperandTable, [](const OperandInfo& row) { return row.written; });
}

std::string nearest_action(std::string_view text) {
  return nearest(text, kActionNames, [](std::string_view name) { return name; });
}

std::vector<std::string> narrower_purposes(std::string_view purpose) {
  std::vector<std::string> out{std::string(purpose)};
  if (purpose.starts_with(kDpv)) add_narrower(purpose.substr(kDpv.size()), out);
  return out;
}

}  // namespace sekisho::policy
