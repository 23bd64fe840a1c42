#include "node/exchange/steps/record.hpp"

#include "base/core/encoding.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/stream/positions.hpp"

namespace sekisho::node::steps {
namespace {

std::vector<std::pair<Dimension, std::string>> tokens(const ExchangeParts& parts, const Crossing& crossing) {
  const TransferRecord& transfer = *crossing.transfer;
  return {{Dimension::Counterparty, transfer.peer_did},
          {Dimension::Dataset, transfer.agreement->dataset},
          {Dimension::Purpose, transfer.purpose},
          {Dimension::Transfer, transfer.provider_pid},
          {Dimension::ZonePair, zone_pair(parts.self.zone, transfer.peer_zone)}};
}

trust::Draft release_draft(const Crossing& crossing) {
  trust::Draft draft;
  draft.kind = crossing.streams ? trust::StatementKind::StreamOpen : trust::StatementKind::Release;
  draft.agreement = crossing.transfer->agreement->digest;
  const std::string exchange = to_text(crossing.exchange);
  if (!crossing.streams) draft.subject.push_back(trust::Subject{exchange, crossing.commitment.value});
  draft.members["terms"] = to_hex(crossing.transfer->terms);
  draft.members["exchange"] = exchange;
  if (!crossing.pushed) draft.members["intent"] = to_hex(crossing.intent);
  draft.members["request"] = to_hex(crossing.asked);
  if (!crossing.pushed) draft.members["tlsCert"] = to_hex(crossing.request.peer.cert);
  draft.members["decision"] = to_hex(crossing.decision);
  draft.members["media"] = crossing.transfer->agreement->media;
  if (crossing.retry) draft.members["retryOf"] = to_text(crossing.retry->of);
  if (crossing.resume) {
    draft.members["resumeOf"] = to_text(crossing.resume->of);
    draft.members["chunk"] = static_cast<std::int64_t>(crossing.resume->chunk);
  }
  return draft;
}

}  // namespace

async::Task<Status> record(const ExchangeParts& parts, Crossing& crossing) {
  crossing.salt = parts.random.digest32();
  if (!crossing.streams) crossing.commitment = trust::commit(crossing.salt, as_bytes(crossing.shaped.body));
  const Digest agreement = crossing.transfer->agreement->digest;

  Unit unit;
  unit.entries.push_back(EntryDraft{crossing.streams ? pb::STREAM_OPEN_OUT : pb::NRO_OUT, crossing.exchange,
                                    release_draft(crossing), std::nullopt, tokens(parts, crossing)});
  unit.claims.push_back(Claim{outcome_claim(crossing.request.peer.did, crossing.exchange)});
  if (crossing.retry) {
    unit.claims.push_back(Claim{retry_claim(crossing.request.peer.did, crossing.retry->of, crossing.retry->number)});
  }
  if (crossing.streams && !crossing.marks.empty()) {
    unit.mutations.push_back(
        resume_point({crossing.request.peer.did, crossing.exchange, 0}, agreement, crossing.marks.front().point));
  }
  // By value: a cancelled request ends before its unit does, and the unit may still become durable.
  auto quota = std::make_shared<QuotaLedger::Reservation>(std::move(crossing.quota));
  unit.derive = [quota, agreement, exchange = crossing.exchange, streams = crossing.streams](
                    const std::vector<CommittedEntry>& entries, std::vector<Mutation>& out) {
    out.push_back(Mutation{Family::Exchange,
                           streams ? stream_row(agreement, exchange) : OpenExchanges::row_key(agreement, exchange),
                           to_bytes(be64(entries[0].position))});
    if (const std::uint64_t used = quota->charge(); used != 0) {
      out.push_back(Mutation{Family::Quota, to_bytes(BytesView(agreement)), to_bytes(be64(used))});
    }
  };
  const bool opened = !crossing.streams && parts.open.opened(agreement, crossing.exchange, parts.clock.now());
  auto committed = co_await parts.journal.commit(std::move(unit));
  if (!committed) {
    if (opened) parts.open.closed(agreement, crossing.exchange);
    co_return fail(committed.error());
  }
  CommittedEntry& entry = committed->entries[0];
  if (const auto kept = parts.disclosures.put(entry.id, crossing.salt); !kept) co_return fail(kept.error());
  crossing.index = entry.index;
  crossing.release = trust::Envelope{std::move(entry.payload), std::move(entry.seal)};
  co_return Status();
}

async::Task<Result<trust::Envelope>> record_refusal(const ExchangeParts& parts, const Crossing& crossing, Code code) {
  const trust::PeerIdentity& peer = crossing.request.peer;
  trust::Draft draft;
  draft.kind = trust::StatementKind::Refusal;
  draft.members["recipient"] = JsonObject{{"did", peer.did}, {"zone", peer.zone}};
  draft.members["exchange"] = to_text(crossing.exchange);
  if (crossing.intent != Digest{}) draft.members["intent"] = to_hex(crossing.intent);
  draft.members["code"] = std::string(code_info(code).name);
  if (crossing.decision != Digest{}) draft.members["decision"] = to_hex(crossing.decision);
  Unit unit;
  if (crossing.transfer) {
    draft.agreement = crossing.transfer->agreement->digest;
    unit.entries.push_back(
        EntryDraft{pb::REFUSAL_OUT, crossing.exchange, std::move(draft), std::nullopt, tokens(parts, crossing)});
  } else {
    unit.entries.push_back(EntryDraft{
        pb::REFUSAL_OUT, crossing.exchange, std::move(draft), std::nullopt, {{Dimension::Counterparty, peer.did}}});
  }
  unit.claims.push_back(Claim{outcome_claim(peer.did, crossing.exchange)});
  auto committed = co_await parts.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  CommittedEntry& entry = committed->entries[0];
  co_return trust::Envelope{std::move(entry.payload), std::move(entry.seal)};
}

}  // namespace sekisho::node::steps
