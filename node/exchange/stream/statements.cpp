#include "node/exchange/stream/statements.hpp"

#include "base/core/encoding.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/stream/positions.hpp"

namespace sekisho::node {
namespace {

void state_prefix(trust::Draft& draft, const std::string& exchange, const trust::Commitment& prefix) {
  draft.members["bytes"] = static_cast<std::int64_t>(prefix.bytes);
  draft.members["chunks"] = static_cast<std::int64_t>(prefix.chunks);
  draft.members["commitment"] = to_hex(prefix.value);
  draft.subject.push_back(trust::Subject{exchange, prefix.value});
}

trust::Draft draft_of(trust::StatementKind kind, const Digest& agreement, const Digest& open,
                      const std::string& exchange) {
  trust::Draft draft;
  draft.kind = kind;
  draft.agreement = agreement;
  draft.members["of"] = to_hex(open);
  draft.members["exchange"] = exchange;
  return draft;
}

}  // namespace

std::vector<std::pair<Dimension, std::string>> stream_tokens(const Sending& s) {
  const TransferRecord& transfer = *s.crossing.transfer;
  return {{Dimension::Counterparty, transfer.peer_did},
          {Dimension::Dataset, transfer.agreement->dataset},
          {Dimension::Purpose, transfer.purpose},
          {Dimension::Transfer, transfer.provider_pid}};
}

Unit head_unit(const Sending& s, const SealedWindow& window) {
  const std::string exchange = to_text(s.crossing.exchange);
  auto draft = draft_of(trust::StatementKind::StreamHead, s.crossing.transfer->agreement->digest, s.open, exchange);
  state_prefix(draft, exchange, window.prefix);
  Unit unit;
  unit.entries.push_back(
      EntryDraft{pb::STREAM_HEAD_OUT, s.crossing.exchange, std::move(draft), std::nullopt, stream_tokens(s)});
  if (window.point) {
    const StreamPlace place{s.crossing.request.peer.did, s.crossing.exchange, window.prefix.chunks};
    unit.mutations.push_back(resume_point(place, s.crossing.transfer->agreement->digest, *window.point));
    if (auto oldest = forget_oldest_point(place)) unit.mutations.push_back(std::move(*oldest));
  }
  return unit;
}

Unit end_unit(const StreamEnd& end) {
  const std::string text = to_text(end.exchange);
  auto draft = draft_of(trust::StatementKind::StreamEnd, end.agreement, end.open, text);
  draft.members["reason"] = end.reason;
  if (end.said) state_prefix(draft, text, *end.said);
  Unit unit;
  unit.entries.push_back(EntryDraft{pb::STREAM_END_OUT, end.exchange, std::move(draft), std::nullopt, end.tokens});
  unit.mutations.push_back(Mutation{Family::Exchange, stream_row(end.agreement, end.exchange), std::nullopt});
  if (!end.receipted) {
    unit.derive = [agreement = end.agreement, exchange = end.exchange](const std::vector<CommittedEntry>& entries,
                                                                       std::vector<Mutation>& out) {
      out.push_back(
          Mutation{Family::Exchange, OpenExchanges::row_key(agreement, exchange), to_bytes(be64(entries[0].position))});
    };
  }
  return unit;
}

Bytes envelope_of(CommittedEntry& entry) {
  return trust::encode_envelope(trust::Envelope{std::move(entry.payload), std::move(entry.seal)});
}

}  // namespace sekisho::node
