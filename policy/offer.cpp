#include "policy/offer.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "policy/reader.hpp"
#include "policy/view.hpp"

namespace sekisho::policy {
namespace {

constexpr std::array<std::string_view, 4> kRuleMembers{"profile", "permission", "prohibition", "obligation"};

std::unexpected<Error> mismatch(std::string_view what, std::string_view pointer) {
  return fail(Error(Code::OfferMismatch, fmt::format("the {} is not that of the offer", what))
                  .with("pointer", std::string(pointer)));
}

// The members that say what may be done, as they are written.
JsonObject rules_of(const JsonObject& policy) {
  JsonObject out;
  for (const std::string_view member : kRuleMembers) {
    if (const Json* value = policy.if_contains(member)) out[member] = *value;
  }
  return out;
}

void add_members(JsonObject& out, JsonObject members) {
  for (auto& member : members) out[member.key()] = std::move(member.value());
}

bool names_view(const Expr& expr) {
  if (expr.kind == Expr::Kind::Atom) return expr.atom.operand == Operand::View;
  return expr.kind == Expr::Kind::All && std::ranges::any_of(expr.parts, names_view);
}

// The view of the dataset becomes a term of every permission that has none.
void add_view(PolicyIr& ir, const std::string& view) {
  Expr atom;
  atom.kind = Expr::Kind::Atom;
  atom.atom = {Operand::View, Operator::Eq, 0, {view}};
  for (Rule& rule : ir.rules) {
    if (rule.kind != RuleKind::Permission || names_view(rule.condition)) continue;
    Expr both;
    both.parts = {std::move(rule.condition), atom};
    rule.condition = std::move(both);
  }
  ir.profiles.emplace_back(kSekishoProfile);
  seal(ir);
}

// An operator may leave out the profile: its terms show that it is meant.
bool uses_profile(const std::vector<RawConstraint>& constraints) {
  return std::ranges::any_of(constraints, [](const RawConstraint& constraint) {
    return constraint.left.starts_with(kSekishoProfile) || uses_profile(constraint.parts);
  });
}

}  // namespace

Result<BuiltOffer> build_offer(const OfferParts& parts, const AdmissionOptions& options) {
  if (!parts.policy.is_object())
    return fail(Error(Code::JsonShape, "the policy of an offer is not an object").with("pointer", ""));
  JsonObject draft = parts.policy.get_object();
  draft["@id"] = parts.id;
  draft["@type"] = "Offer";
  Result<PolicyDocument> document = read_policy(draft, PolicyKind::CatalogueOffer);
  if (!document) return fail(document.error());
  const bool profiled =
      std::ranges::any_of(document->rules, [](const RawRule& rule) { return uses_profile(rule.constraints); });
  if (profiled && document->profiles.empty()) document->profiles.emplace_back(kSekishoProfile);
  Result<PolicyIr> ir = admit_document(*document, options);
  if (!ir) return fail(ir.error());
  if (parts.view) {
    if (!view_digest_from_id(*parts.view)) return fail(Code::ViewError, "not the name of a view");
    add_view(*ir, *parts.view);
  }
  JsonObject offer{{"@id", parts.id}, {"@type", "Offer"}};
  add_members(offer, wire_rules(*ir));
  return BuiltOffer{std::move(offer), std::move(*ir)};
}

Result<Json> message_offer(const Json& catalogue_offer, std::string_view dataset) {
  Result<PolicyDocument> document = read_policy(catalogue_offer, PolicyKind::CatalogueOffer);
  if (!document) return fail(document.error());
  JsonObject out{{"@id", document->id}, {"@type", "Offer"}, {"target", dataset}};
  add_members(out, rules_of(catalogue_offer.get_object()));
  return Json(std::move(out));
}

Result<Json> agreement_document(const Json& offer, const AgreementParts& parts) {
  if (!offer.is_object()) return fail(Error(Code::JsonShape, "the offer is not an object").with("pointer", ""));
  JsonObject out{{"@id", parts.id},
                 {"@type", "Agreement"},
                 {"target", parts.target},
                 {"assigner", parts.assigner},
                 {"assignee", parts.assignee},
                 {"timestamp", to_rfc3339(parts.timestamp)}};
  add_members(out, rules_of(offer.get_object()));
  Json document(std::move(out));
  // What could not be read again must not be agreed on.
  Result<PolicyDocument> readable = read_policy(document, PolicyKind::Agreement);
  if (!readable) return fail(readable.error());
  return document;
}

Result<Digest> rules_digest(const Json& policy, PolicyKind kind) {
  AdmissionOptions options;
  options.expired_is_fatal = false;
  const Result<PolicyIr> ir = admit_policy(policy, kind, options);
  if (!ir) return fail(ir.error());
  return ir->digest;
}

Status same_offer(const Digest& offer_rules, std::string_view dataset, const Json& received, PolicyKind kind) {
  const Result<PolicyIr> ir = admit_policy(received, kind, {});
  if (!ir) return fail(ir.error());
  return same_offer(offer_rules, dataset, *ir);
}

Status same_offer(const Digest& offer_rules, std::string_view dataset, const PolicyIr& received) {
  if (received.target != dataset) return mismatch("target", "/target");
  if (received.digest != offer_rules) return mismatch("set of rules", "");
  return {};
}

}  // namespace sekisho::policy
