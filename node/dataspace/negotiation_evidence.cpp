// What the log keeps of a negotiation: the agreement as each side states it, sealed (agreed by the provider, verified
// by the consumer, finalized by the provider), and every decision on the way there or away from it.
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "node/journal/materials.hpp"

namespace sekisho::node {

std::string envelope_text(const CommittedEntry& entry) {
  return to_base64url(trust::encode_envelope({entry.payload, entry.seal}));
}

Status NegotiationService::Impl::keep_document(Change<Negotiation>& change, const AgreementRecord& record) const {
  Result<std::string> text = canonical_json(record.document);
  if (!text) return fail(text.error());
  change.mutations.push_back(archive_material(MaterialKind::Agreement, as_bytes(*text)));
  return {};
}

EntryDraft NegotiationService::Impl::own_statement(const Negotiation& process, const AgreementRecord& record) const {
  const bool provider = process.role == Role::Provider;
  const JsonObject self = party(parts.self.did, parts.self.zone);
  const JsonObject peer = party(process.peer_did, process.peer_zone);
  trust::Draft draft;
  draft.kind = trust::StatementKind::Agreement;
  draft.agreement = record.digest;
  draft.members = {{"negotiation", process.ids().provider},
                   {"provider", provider ? self : peer},
                   {"consumer", provider ? peer : self}};
  EntryDraft entry;
  entry.kind = pb::AGREEMENT_OUT;
  entry.content = std::move(draft);
  entry.tokens = {{Dimension::Counterparty, process.peer_did}, {Dimension::Dataset, record.dataset}};
  return entry;
}

EntryDraft NegotiationService::Impl::peer_statement(const Negotiation& process, const AgreementRecord& record,
                                                    trust::Envelope envelope) const {
  EntryDraft entry;
  entry.kind = pb::AGREEMENT_IN;
  entry.content = Foreign{std::move(envelope.payload), std::move(envelope.seal)};
  entry.agreement = record.digest;
  entry.tokens = {{Dimension::Counterparty, process.peer_did}, {Dimension::Dataset, record.dataset}};
  return entry;
}

Status NegotiationService::Impl::says(const trust::Statement& statement, const Negotiation& process,
                                      const AgreementRecord& record) const {
  const trust::Party self{parts.self.did, parts.self.zone, false};
  const trust::Party peer{process.peer_did, process.peer_zone, false};
  const bool provider = process.role == Role::Provider;
  const bool right = statement.agreement == record.digest && statement.text("negotiation") == process.ids().provider &&
                     statement.party("provider") == (provider ? self : peer) &&
                     statement.party("consumer") == (provider ? peer : self);
  if (right) return {};
  return fail(Code::EvidenceInvalid,
              fmt::format("the agreement statement of {} says something else than the agreement", process.peer_dns));
}

Status NegotiationService::Impl::add_decision(Change<Negotiation>& change, std::string_view act, Word by) const {
  const Negotiation& process = change.next;
  JsonObject subject{{"negotiation", process.ids().provider},
                     {"dataset", process.dataset},
                     {"offer", process.offer},
                     {"rules", to_hex(process.rules)}};
  if (!process.terms.is_null()) {
    const Result<std::string> terms = canonical_json(process.terms);
    if (!terms) return fail(terms.error());
    subject["terms"] = to_hex(sha256(as_bytes(*terms)));
  }
  if (process.record) subject["agreement"] = to_hex(process.record->digest);
  Result<EntryDraft> entry = decision_entry(process, Negotiation::kOwner, act, by, std::move(subject));
  if (!entry) return fail(entry.error());
  entry->tokens.emplace_back(Dimension::Dataset, process.dataset);
  if (process.record) entry->agreement = process.record->digest;
  change.entries.push_back(std::move(*entry));
  return {};
}

}  // namespace sekisho::node
