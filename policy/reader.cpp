#include "policy/reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "policy/terms.hpp"

namespace sekisho::policy {
namespace {

std::unexpected<Error> refuse(const std::string& pointer, std::string_view what, std::string_view mend = {}) {
  Error error(Code::JsonShape, fmt::format("policy member '{}' {}", pointer, what));
  error.help.emplace_back("pointer", pointer);
  if (!mend.empty()) error.help.emplace_back("mend", std::string(mend));
  return fail(std::move(error));
}

std::unexpected<Error> over(const std::string& pointer, std::string_view what, std::size_t limit) {
  return fail(Error(Code::LimitExceeded, fmt::format("policy has over {} {}", limit, what)).with("pointer", pointer));
}

bool printable(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; });
}

// Java writes nine digits of a second, an instant here has six: the rest says nothing about what was agreed.
std::string whole_microseconds(std::string text) {
  constexpr std::size_t kFraction = 20, kKept = 6, kMost = 9;
  std::size_t end = kFraction;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  if (end > kFraction + kKept && end <= kFraction + kMost && text[kFraction - 1] == '.') text.erase(kFraction + kKept, end - kFraction - kKept);
  return text;
}

// Counts what the whole document may hold, so that no arrangement of small lists gets around the limits.
class Reader {
 public:
  explicit Reader(PolicyKind kind) : kind_(kind) {}

  Result<PolicyDocument> read(const JsonObject& policy) {
    Status keys = listed(policy, "", kPolicyKeys);
    if (!keys) return fail(keys.error());
    PolicyDocument out;
    out.kind = kind_;
    for (const auto& step : {&Reader::head, &Reader::parties}) {
      Status done = (this->*step)(policy, out);
      if (!done) return fail(done.error());
    }
    constexpr std::array<std::pair<std::string_view, RuleKind>, 3> kRules{{{"permission", RuleKind::Permission},
                                                                           {"prohibition", RuleKind::Prohibition},
                                                                           {"obligation", RuleKind::Obligation}}};
    for (const auto& [name, rule_kind] : kRules) {
      const Json* list = policy.if_contains(name);
      if (list == nullptr) continue;
      Status done = rules(*list, fmt::format("/{}", name), rule_kind, out.rules);
      if (!done) return fail(done.error());
    }
    if (!policy.contains("permission") && !policy.contains("prohibition")) {
      return refuse("", "has neither permission nor prohibition");
    }
    return out;
  }

 private:
  static constexpr std::array<std::string_view, 11> kPolicyKeys{"@context",   "@id",         "@type",     "profile",
                                                                "target",     "assigner",    "assignee",  "timestamp",
                                                                "permission", "prohibition", "obligation"};
  static constexpr std::array<std::string_view, 4> kRuleKeys{"@type", "action", "constraint", "duty"};
  static constexpr std::array<std::string_view, 4> kAtomKeys{"@type", "leftOperand", "operator", "rightOperand"};
  static constexpr std::array<std::string_view, 5> kLogicalKeys{"@type", "and", "or", "xone", "andSequence"};
  static constexpr std::array<std::string_view, 3> kValueKeys{"@value", "@type", "@id"};

  Status listed(const JsonObject& object, const std::string& pointer, std::span<const std::string_view> keys) {
    for (const auto& member : object) {
      const std::string_view name = member.key();
      if (std::ranges::find(keys, name) == keys.end()) {
        // The name is the peer's text: shown only when it cannot be mistaken for anything else.
        return refuse(fmt::format("{}/{}", pointer, name.size() <= 64 && printable(name) ? name : "?"),
                      "is not allowed here");
      }
    }
    return {};
  }

  Result<std::string> text(const Json& value, const std::string& pointer) {
    if (!value.is_string()) return refuse(pointer, "is not a string", "write numbers and booleans as strings");
    const std::string_view view = value.get_string();
    if (view.empty()) return refuse(pointer, "is empty");
    if (view.size() > kPolicyText) return over(pointer, "characters in one text", kPolicyText);
    if (!printable(view)) return refuse(pointer, "has characters that identifiers do not have");
    return std::string(view);
  }

  Result<std::string> required(const JsonObject& object, std::string_view name, const std::string& pointer) {
    // Appended, not formatted: a policy is read several times in each negotiation, and this is most of what reading costs.
    const std::string at = std::string(pointer).append("/").append(name);
    const Json* value = object.if_contains(name);
    if (value == nullptr) return refuse(at, "is missing");
    return text(*value, at);
  }

  Status type_is(const JsonObject& object, const std::string& pointer, std::string_view wanted) {
    const Json* type = object.if_contains("@type");
    if (type == nullptr || (type->is_string() && std::string_view(type->get_string()) == wanted)) return {};
    return refuse(fmt::format("{}/@type", pointer), fmt::format("is not \"{}\"", wanted));
  }

  Status head(const JsonObject& policy, PolicyDocument& out) {
    if (const Json* context = policy.if_contains("@context")) {
      const bool pinned = context->is_array() && context->get_array().size() == 1 &&
                          context->get_array()[0].is_string() &&
                          std::string_view(context->get_array()[0].get_string()) == kDspContext;
      if (!pinned) return refuse("/@context", "is not exactly the pinned context", kDspContext);
    }
    Result<std::string> type = required(policy, "@type", "");
    if (!type) return fail(type.error());
    const std::string_view wanted = kind_ == PolicyKind::Agreement ? "Agreement" : "Offer";
    if (*type != wanted) return refuse("/@type", fmt::format("is not \"{}\"", wanted));
    Result<std::string> id = required(policy, "@id", "");
    if (!id) return fail(id.error());
    out.id = std::move(*id);
    const Json* profile = policy.if_contains("profile");
    if (profile == nullptr) return {};
    if (!profile->is_array()) {
      Result<std::string> one = text(*profile, "/profile");
      if (!one) return fail(one.error());
      out.profiles.push_back(std::move(*one));
      return {};
    }
    if (profile->get_array().empty() || profile->get_array().size() > 16)
      return refuse("/profile", "is not 1 … 16 texts");
    for (std::size_t i = 0; i < profile->get_array().size(); ++i) {
      Result<std::string> one = text(profile->get_array()[i], fmt::format("/profile/{}", i));
      if (!one) return fail(one.error());
      out.profiles.push_back(std::move(*one));
    }
    return {};
  }

  // An Offer in a catalogue has no target, one in a message has; only an Agreement must name both parties and its time.
  Status parties(const JsonObject& policy, PolicyDocument& out) {
    const bool agreement = kind_ == PolicyKind::Agreement;
    const std::array<std::pair<std::string_view, std::string*>, 3> members{
        {{"target", &out.target}, {"assigner", &out.assigner}, {"assignee", &out.assignee}}};
    for (const auto& [name, place] : members) {
      const bool must = agreement || (name == "target" && kind_ == PolicyKind::MessageOffer);
      if (!must && name == "target" && policy.contains(name))
        return refuse("/target", "is not allowed in an offer of a catalogue");
      if (!must && !policy.contains(name)) continue;
      Result<std::string> value = required(policy, name, "");
      if (!value) return fail(value.error());
      *place = std::move(*value);
    }
    if (!agreement) {
      if (policy.contains("timestamp")) return refuse("/timestamp", "is not allowed in an offer");
      return {};
    }
    Result<std::string> timestamp = required(policy, "timestamp", "");
    if (!timestamp) return fail(timestamp.error());
    Result<Instant> instant = from_rfc3339(whole_microseconds(*timestamp));
    if (!instant) return refuse("/timestamp", "is not an xsd:dateTime with a time zone");
    out.timestamp = *instant;
    return {};
  }

  Status rules(const Json& list, const std::string& pointer, RuleKind kind, std::vector<RawRule>& out) {
    if (!list.is_array() || list.get_array().empty()) return refuse(pointer, "is not a list of at least one rule");
    for (std::size_t i = 0; i < list.get_array().size(); ++i) {
      if (++rules_ > kPolicyRules) return over(pointer, "rules", kPolicyRules);
      Result<RawRule> one = rule(list.get_array()[i], fmt::format("{}/{}", pointer, i), kind);
      if (!one) return fail(one.error());
      out.push_back(std::move(*one));
    }
    return {};
  }

  Result<RawRule> rule(const Json& value, const std::string& pointer, RuleKind kind) {
    if (!value.is_object()) return refuse(pointer, "is not an object");
    const JsonObject& object = value.get_object();
    Status keys = listed(object, pointer, std::span(kRuleKeys).first(kind == RuleKind::Permission ? 4 : 3));
    if (!keys) return fail(keys.error());
    constexpr std::array<std::string_view, 3> kTypes{"Permission", "Prohibition", "Duty"};
    Status type = type_is(object, pointer, kTypes[static_cast<std::size_t>(kind)]);
    if (!type) return fail(type.error());
    RawRule out;
    out.kind = kind;
    out.pointer = pointer;
    Result<std::string> action = required(object, "action", pointer);
    if (!action) return fail(action.error());
    out.action = std::move(*action);
    if (const Json* list = object.if_contains("constraint")) {
      Status done = constraints(*list, fmt::format("{}/constraint", pointer), 0, out.constraints);
      if (!done) return fail(done.error());
    }
    if (const Json* list = object.if_contains("duty")) {
      Status done = rules(*list, fmt::format("{}/duty", pointer), RuleKind::Obligation, out.duties);
      if (!done) return fail(done.error());
    }
    return out;
  }

  Status constraints(const Json& list, const std::string& pointer, std::size_t depth, std::vector<RawConstraint>& out) {
    if (!list.is_array() || list.get_array().empty())
      return refuse(pointer, "is not a list of at least one constraint");
    for (std::size_t i = 0; i < list.get_array().size(); ++i) {
      const std::string at = fmt::format("{}/{}", pointer, i);
      if (++constraints_ > kPolicyConstraints) return over(at, "constraints", kPolicyConstraints);
      if (!list.get_array()[i].is_object()) return refuse(at, "is not an object");
      Result<RawConstraint> one = constraint(list.get_array()[i].get_object(), at, depth);
      if (!one) return fail(one.error());
      out.push_back(std::move(*one));
    }
    return {};
  }

  Result<RawConstraint> constraint(const JsonObject& object, const std::string& pointer, std::size_t depth) {
    Status type = type_is(object, pointer, "Constraint");
    if (!type) return fail(type.error());
    RawConstraint out;
    out.pointer = pointer;
    if (object.contains("leftOperand")) return atom(object, std::move(out));
    Status keys = listed(object, pointer, kLogicalKeys);
    if (!keys) return fail(keys.error());
    using Kind = RawConstraint::Kind;
    constexpr std::array<std::pair<std::string_view, Kind>, 4> kKinds{
        {{"and", Kind::And}, {"or", Kind::Or}, {"xone", Kind::Xone}, {"andSequence", Kind::AndSequence}}};
    const Json* parts = nullptr;
    std::string at;
    for (const auto& [name, kind] : kKinds) {
      const Json* found = object.if_contains(name);
      if (found == nullptr) continue;
      if (parts != nullptr) return refuse(pointer, "has more than one logical operator");
      parts = found;
      at = fmt::format("{}/{}", pointer, name);
      out.kind = kind;
    }
    if (parts == nullptr) return refuse(pointer, "is neither an atomic nor a logical constraint");
    if (depth >= kPolicyDepth) return over(pointer, "levels of constraints", kPolicyDepth);
    Status done = constraints(*parts, at, depth + 1, out.parts);
    if (!done) return fail(done.error());
    return out;
  }

  Result<RawConstraint> atom(const JsonObject& object, RawConstraint out) {
    Status keys = listed(object, out.pointer, kAtomKeys);
    if (!keys) return fail(keys.error());
    Result<std::string> left = required(object, "leftOperand", out.pointer);
    if (!left) return fail(left.error());
    Result<std::string> op = required(object, "operator", out.pointer);
    if (!op) return fail(op.error());
    out.left = std::move(*left);
    out.op = std::move(*op);
    const std::string at = fmt::format("{}/rightOperand", out.pointer);
    const Json* right = object.if_contains("rightOperand");
    if (right == nullptr) return refuse(at, "is missing");
    out.list = right->is_array();
    if (!out.list) {
      Result<RawValue> one = value(*right, at);
      if (!one) return fail(one.error());
      out.right.push_back(std::move(*one));
      return out;
    }
    const JsonArray& list = right->get_array();
    if (list.empty()) return refuse(at, "is an empty list");
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (++items_ > kPolicyItems) return over(at, "list items", kPolicyItems);
      Result<RawValue> one = value(list[i], fmt::format("{}/{}", at, i));
      if (!one) return fail(one.error());
      out.right.push_back(std::move(*one));
    }
    return out;
  }

  Result<RawValue> value(const Json& json, const std::string& pointer) {
    RawValue out;
    if (!json.is_object()) {
      Result<std::string> plain = text(json, pointer);
      if (!plain) return fail(plain.error());
      out.text = std::move(*plain);
      return out;
    }
    const JsonObject& object = json.get_object();
    Status keys = listed(object, pointer, kValueKeys);
    if (!keys) return fail(keys.error());
    out.iri = object.contains("@id");
    if (out.iri && object.size() != 1) return refuse(pointer, "has more than @id");
    Result<std::string> inner = required(object, out.iri ? "@id" : "@value", pointer);
    if (!inner) return fail(inner.error());
    out.text = std::move(*inner);
    if (!object.contains("@type")) return out;
    Result<std::string> type = required(object, "@type", pointer);
    if (!type) return fail(type.error());
    for (const std::string_view prefix :
         {std::string_view("xsd:"), std::string_view("http://www.w3.org/2001/XMLSchema#")}) {
      if (type->starts_with(prefix)) out.type = type->substr(prefix.size());
    }
    if (out.type.empty()) return refuse(fmt::format("{}/@type", pointer), "is not a type of XML Schema");
    return out;
  }

  PolicyKind kind_;
  std::size_t rules_ = 0, constraints_ = 0, items_ = 0;
};

}  // namespace

Result<PolicyDocument> read_policy(const Json& policy, PolicyKind kind) {
  if (!policy.is_object()) return refuse("", "is not an object");
  return Reader(kind).read(policy.get_object());
}

Result<PolicyDocument> read_policy_text(std::string_view text, PolicyKind kind) {
  // Objects and lists alternate: a constraint of depth 16 lies about 40 levels down in the JSON text.
  JsonLimits limits;
  limits.bytes = kPolicyBytes;
  limits.depth = 2 * kPolicyDepth + 8;
  limits.values = 64 * 1024;
  Result<Json> json = parse_json(text, limits);
  if (!json) return fail(json.error());
  return read_policy(*json, kind);
}

}  // namespace sekisho::policy
