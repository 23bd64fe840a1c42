#include "node/exchange/closing.hpp"

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/exchange/idempotency.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/stream/positions.hpp"

namespace sekisho::node {
namespace {

std::vector<std::pair<Dimension, std::string>> tokens(const ExchangeParts& parts, const OpenIntent& intent) {
  std::vector<std::pair<Dimension, std::string>> out{{Dimension::Counterparty, "did:web:" + intent.provider_dns},
                                                     {Dimension::Dataset, intent.dataset},
                                                     {Dimension::Purpose, intent.purpose},
                                                     {Dimension::Transfer, intent.transfer}};
  if (const auto agreement = parts.agreements.find(intent.agreement)) {
    out.emplace_back(Dimension::ZonePair, zone_pair(agreement->peer_zone, parts.self.zone));
  }
  return out;
}

Unit closing_unit(const OpenIntent& intent) {
  Unit unit;
  unit.claims.push_back(Claim{closing_claim(intent.exchange)});
  unit.mutations.push_back(Mutation{Family::Exchange, intent_row(intent.exchange), std::nullopt});
  return unit;
}

// Of the newest head that was logged; nullopt without one.
Result<std::optional<trust::Commitment>> verified_prefix(const LogReader& reader, const OpenIntent& intent) {
  const auto at = reader.find(pb::STREAM_HEAD_IN, intent.exchange, "did:web:" + intent.provider_dns);
  if (!at) return fail(at.error());
  if (!*at) return std::optional<trust::Commitment>();
  const auto entry = reader.entry(**at);
  if (!entry) return fail(entry.error());
  const auto head = trust::parse_statement(entry->entry.payload());
  if (!head) return fail(Code::DatabaseDamaged, "a logged head cannot be read", head.error());
  return std::optional(trust::Commitment{head->digest("commitment").value_or(Digest{}),
                                         head->integer("bytes").value_or(0), head->integer("chunks").value_or(0)});
}

// The receipt is the unit's last entry.
void keep_for_outbox(Unit& unit, const std::string& provider_dns) {
  unit.derive = [provider = provider_dns](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& out) {
    const CommittedEntry& receipt = entries.back();
    out.push_back(Mutation{Family::Outbox, receipt_row(provider, receipt.id),
                           trust::encode_envelope(trust::Envelope{receipt.payload, receipt.seal})});
  };
}

EntryDraft foreign_entry(pb::EntryKind kind, const OpenIntent& intent, const CheckedStatement& statement,
                         std::vector<std::pair<Dimension, std::string>> found_by) {
  return EntryDraft{kind, intent.exchange, Foreign{statement.envelope.payload, statement.envelope.seal},
                    intent.agreement, std::move(found_by)};
}

trust::Draft receipt_draft(const OpenIntent& intent, const Digest& release, const ReceiptFacts& facts) {
  trust::Draft draft;
  draft.kind = trust::StatementKind::Receipt;
  draft.agreement = intent.agreement;
  draft.members["of"] = to_hex(release);
  draft.members["exchange"] = to_text(intent.exchange);
  draft.members["outcome"] = facts.outcome;
  if (facts.commitment) {
    draft.members["bytes"] = static_cast<std::int64_t>(facts.commitment->bytes);
    draft.members["chunks"] = static_cast<std::int64_t>(facts.commitment->chunks);
    draft.members["commitment"] = to_hex(facts.commitment->value);
    draft.subject.push_back(trust::Subject{to_text(intent.exchange), facts.commitment->value});
  }
  if (!facts.reason.empty()) draft.members["reason"] = facts.reason;
  return draft;
}

}  // namespace

async::Task<Result<std::uint64_t>> Closer::with_receipt(OpenIntent intent, CheckedStatement release,
                                                        ReceiptFacts facts) {
  const Digest release_id = release.statement.id;
  Unit unit = closing_unit(intent);
  const auto found_by = tokens(parts_, intent);
  const bool stream = release.statement.kind == trust::StatementKind::StreamOpen;
  const auto before = parts_.journal.reader().find(pb::STREAM_OPEN_IN, release_id);
  if (!before) co_return fail(before.error());
  if (!stream || !*before) {
    unit.entries.push_back(EntryDraft{stream ? pb::STREAM_OPEN_IN : pb::NRO_IN, intent.exchange,
                                      Foreign{release.envelope.payload, release.envelope.seal}, intent.agreement,
                                      found_by});
  }
  if (stream && *before && facts.outcome == "lost") {
    // The process ended in the midst of it: what was verified and passed on is said.
    facts.outcome = "partial";
    auto held = verified_prefix(parts_.journal.reader(), intent);
    if (!held) co_return fail(held.error());
    facts.commitment = *held;
  }
  unit.entries.push_back(
      EntryDraft{pb::NRR_OUT, intent.exchange, receipt_draft(intent, release_id, facts), intent.agreement, found_by});
  end_key(intent, facts.outcome == "verified" ? KeyEnd::Delivered : KeyEnd::Unconfirmed, unit.mutations);
  keep_for_outbox(unit, intent.provider_dns);
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  if (facts.salt) {
    // Not synced: a salt lost in a crash is asked back from the other party.
    if (const auto kept = parts_.disclosures.put(release_id, *facts.salt); !kept)
      log_error("exchange.salt_lost", kept.error());
  }
  send_receipt(intent, committed->entries.back());
  co_return committed->entries[0].index;
}

async::Task<Result<std::uint64_t>> Closer::stream_opened(OpenIntent intent, CheckedStatement open) {
  Unit unit;
  unit.entries.push_back(foreign_entry(pb::STREAM_OPEN_IN, intent, open, tokens(parts_, intent)));
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  co_return committed->entries[0].index;
}

async::Task<Status> Closer::stream_head(OpenIntent intent, CheckedStatement head, std::optional<ReceiptFacts> facts) {
  Unit unit;
  const auto found_by = tokens(parts_, intent);
  unit.entries.push_back(foreign_entry(pb::STREAM_HEAD_IN, intent, head, found_by));
  keep_progress(intent.exchange, static_cast<std::uint64_t>(head.statement.integer("chunks").value_or(0)),
                static_cast<std::uint64_t>(head.statement.integer("bytes").value_or(0)), unit.mutations);
  if (facts) {
    unit.entries.push_back(EntryDraft{pb::NRR_OUT, intent.exchange, receipt_draft(intent, head.statement.id, *facts),
                                      intent.agreement, found_by});
    keep_for_outbox(unit, intent.provider_dns);
  }
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  if (facts) send_receipt(intent, committed->entries.back());
  co_return Status();
}

async::Task<Status> Closer::stream_progress(OpenIntent intent, Digest head, ReceiptFacts facts) {
  Unit unit;
  unit.entries.push_back(EntryDraft{pb::NRR_OUT, intent.exchange, receipt_draft(intent, head, facts), intent.agreement,
                                    tokens(parts_, intent)});
  keep_for_outbox(unit, intent.provider_dns);
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  send_receipt(intent, committed->entries.back());
  co_return Status();
}

async::Task<Status> Closer::stream_ended(OpenIntent intent, Digest open, std::optional<CheckedStatement> end,
                                         ReceiptFacts facts) {
  Unit unit = closing_unit(intent);
  const auto found_by = tokens(parts_, intent);
  if (end) unit.entries.push_back(foreign_entry(pb::STREAM_END_IN, intent, *end, found_by));
  unit.entries.push_back(
      EntryDraft{pb::NRR_OUT, intent.exchange, receipt_draft(intent, open, facts), intent.agreement, found_by});
  end_key(intent, facts.outcome == "verified" ? KeyEnd::Delivered : KeyEnd::Unconfirmed, unit.mutations);
  if (facts.outcome == "verified" && facts.commitment)
    forget_progress(intent.exchange, facts.commitment->chunks, unit.mutations);
  keep_for_outbox(unit, intent.provider_dns);
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  if (facts.salt) {
    if (const auto kept = parts_.disclosures.put(open, *facts.salt); !kept)
      log_error("exchange.salt_lost", kept.error());
  }
  send_receipt(intent, committed->entries.back());
  co_return Status();
}

void Closer::send_receipt(const OpenIntent& intent, const CommittedEntry& receipt) {
  receipts_.enqueue(intent.provider_dns, receipt.id,
                    trust::encode_envelope(trust::Envelope{receipt.payload, receipt.seal}));
}

async::Task<Status> Closer::end(OpenIntent intent, CheckedStatement statement, pb::EntryKind kind) {
  Unit unit = closing_unit(intent);
  // The entry says of the agreement what the statement says: a void of an unknown exchange names none.
  unit.entries.push_back(EntryDraft{kind, intent.exchange, Foreign{statement.envelope.payload, statement.envelope.seal},
                                    statement.statement.agreement, tokens(parts_, intent)});
  end_key(intent, KeyEnd::Nothing, unit.mutations);
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  co_return Status();
}

async::Task<Status> Closer::with_refusal(OpenIntent intent, CheckedStatement refusal) {
  co_return co_await end(std::move(intent), std::move(refusal), pb::REFUSAL_IN);
}

async::Task<Status> Closer::with_void(OpenIntent intent, CheckedStatement voided) {
  co_return co_await end(std::move(intent), std::move(voided), pb::VOID_IN);
}

}  // namespace sekisho::node
