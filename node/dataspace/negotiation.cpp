#include "node/dataspace/negotiation.hpp"

#include <optional>

#include "base/core/encoding.hpp"

namespace sekisho::node {

std::optional<policy::NegotiationMessage> message_named(policy::NegotiationMessage, std::string_view kind) {
  if (kind == kCounterKind) return policy::NegotiationMessage::Request;
  if (kind == kOfferKind) return policy::NegotiationMessage::Offer;
  if (kind == kAgreementKind) return policy::NegotiationMessage::Agreement;
  if (kind == kVerificationKind) return policy::NegotiationMessage::Verification;
  if (kind == kFinalizedKind) return policy::NegotiationMessage::Finalized;
  if (kind == kAcceptedKind) return policy::NegotiationMessage::Accepted;
  if (kind == kTerminationKind) return policy::NegotiationMessage::Termination;
  return std::nullopt;
}

Result<std::shared_ptr<const std::string>> Negotiation::record_row() {
  if (record_text) return record_text;
  Result<std::string> text = canonical_json(node::to_row(*record));
  if (!text) return fail(text.error());
  record_text = std::make_shared<const std::string>(std::move(*text));
  return record_text;
}

Result<std::string> Negotiation::row() {
  JsonObject row;
  write_base(row, *this);
  row["state"] = policy::to_text(state);
  row["dataset"] = dataset;
  row["offer"] = offer;
  row["rules"] = to_hex(rules);
  if (final_statement) row["finalStatement"] = *final_statement;
  Result<std::string> text = canonical_json(Json(std::move(row)));
  if (!text) return text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    text->pop_back();
    text->append(",\"").append(name).append("\":").append(value).append("}");
  };
  if (record) {
    Result<std::shared_ptr<const std::string>> written = record_row();
    if (!written) return fail(written.error());
    add("record", **written);
    if (ended()) record_text.reset();
  } else if (!terms.is_null()) {  // what was asked for is in the agreement that came of it
    Result<std::string> written = canonical_json(terms);
    if (!written) return written;
    add("terms", *written);
  }
  return text;
}

Result<Negotiation> Negotiation::from_row(const JsonObject& row, const LocalIdentity& self) {
  Negotiation process;
  Status base = read_base(row, process);
  if (!base) return fail(base.error());
  Result<std::string> state = get_string(row, "state");
  if (!state) return fail(state.error());
  const std::optional<policy::NegotiationState> known = policy::negotiation_state_from_text(*state);
  if (!known) return fail(Code::DatabaseDamaged, "a negotiation is in no known state");
  process.state = *known;
  Result<std::string> dataset = get_string(row, "dataset");
  if (!dataset) return fail(dataset.error());
  process.dataset = std::move(*dataset);
  Result<std::string> offer = get_string(row, "offer");
  if (!offer) return fail(offer.error());
  process.offer = std::move(*offer);
  Result<std::string> hex = get_string(row, "rules");
  if (!hex) return fail(hex.error());
  Result<Digest> rules = digest_from_hex(*hex);
  if (!rules) return fail(rules.error());
  process.rules = *rules;
  const Json* terms = row.if_contains("terms");
  if (terms != nullptr && !process.ended()) process.terms = *terms;
  Result<std::optional<std::string>> statement = get_optional_string(row, "finalStatement");
  if (!statement) return fail(statement.error());
  process.final_statement = std::move(*statement);
  if (const Json* member = row.if_contains("record")) {
    Result<std::shared_ptr<const AgreementRecord>> record = agreement_from_row(*member, pseudonym_root(self));
    if (!record) return fail(record.error());
    process.record = std::move(*record);
  }
  return process;
}

JsonObject Negotiation::subject() const { return {{"dataset", dataset}, {"offer", offer}}; }

bool Negotiation::asked() const {
  return role == Role::Provider || visits[static_cast<std::size_t>(policy::NegotiationState::Requested)] != 0;
}

bool Negotiation::waits() const {
  return role == Role::Consumer && state == policy::NegotiationState::Offered && pending.empty();
}

}  // namespace sekisho::node
