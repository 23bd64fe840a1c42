// Offers and agreements as DSP 2025-1 documents, and whether two of them say the same.
//
// Documents are written in the normal form of wire_rules() (ir.hpp). Errors: those of admit_policy;
// Code::OfferMismatch.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "policy/admission.hpp"
#include "policy/ir.hpp"

namespace sekisho::policy {

struct OfferParts {
  std::string id;
  Json policy;                      // {permission, prohibition, profile} as the operator wrote them
  std::optional<std::string> view;  // urn of the dataset's view: every permission that names none gets `view eq` it
};

// An admitted offer, ready for the catalogue.
struct BuiltOffer {
  Json document;  // Offer: "@id", "@type", rules; no target
  PolicyIr ir;
};
[[nodiscard]] Result<BuiltOffer> build_offer(const OfferParts& parts, const AdmissionOptions& options = {});

// The offer of a catalogue as a MessageOffer about this dataset.
[[nodiscard]] Result<Json> message_offer(const Json& catalogue_offer, std::string_view dataset);

struct AgreementParts {
  std::string id;
  std::string assigner;  // DID of the provider
  std::string assignee;  // DID of the consumer
  std::string target;    // dataset
  Instant timestamp;
};
// From an offer of either kind; its rules are taken over member by member.
[[nodiscard]] Result<Json> agreement_document(const Json& offer, const AgreementParts& parts);

// Digest of the rules and profiles of any policy document: equal exactly when both mean the same by the term table.
[[nodiscard]] Result<Digest> rules_digest(const Json& policy, PolicyKind kind);

// A14 and attack 16: `received` (a MessageOffer or Agreement) has the rules of `offer` and its target is `dataset`.
// OfferMismatch names what differs.
[[nodiscard]] Status same_offer(const Digest& offer_rules, std::string_view dataset, const Json& received,
                                PolicyKind kind);
// The same of what was admitted already.
[[nodiscard]] Status same_offer(const Digest& offer_rules, std::string_view dataset, const PolicyIr& received);

}  // namespace sekisho::policy
