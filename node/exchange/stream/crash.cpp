#include "base/core/log.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/stream/send.hpp"
#include "node/exchange/stream/statements.hpp"

namespace sekisho::node {

Status end_crashed_streams(const ExchangeParts& parts) {
  std::vector<std::pair<Bytes, Position>> open;
  const auto scanned =
      parts.storage.scan(Family::Exchange, {}, as_bytes(kStreamPrefix), [&](BytesView key, BytesView value) {
        open.emplace_back(to_bytes(key), read_be64(value));
        return true;
      });
  if (!scanned) return fail(scanned.error());
  const LogReader& reader = parts.journal.reader();
  for (const auto& [row, at] : open) {
    const auto entry = reader.entry(at);
    if (!entry) return fail(entry.error());
    const auto opening = trust::parse_statement(entry->entry.payload());
    if (!opening || !opening->agreement || !opening->exchange())
      return fail(Code::DatabaseDamaged, "an open stream cannot be read");
    const auto agreement = parts.agreements.find(*opening->agreement);
    if (!agreement) return fail(Code::DatabaseDamaged, "an open stream is under no agreement");
    const auto newest = reader.find(pb::STREAM_HEAD_OUT, *opening->exchange(), agreement->peer_did);
    if (!newest) return fail(newest.error());
    std::optional<trust::Commitment> said;
    if (*newest) {
      const auto head_entry = reader.entry(**newest);
      if (!head_entry) return fail(head_entry.error());
      const auto head = trust::parse_statement(head_entry->entry.payload());
      if (!head) return fail(Code::DatabaseDamaged, "a head of a stream cannot be read", head.error());
      said = trust::Commitment{head->digest("commitment").value_or(Digest{}), head->integer("bytes").value_or(0),
                               head->integer("chunks").value_or(0)};
    }
    const auto receipted = parts.storage.get(Family::Exchange, receipt_claim(opening->id));
    if (!receipted) return fail(receipted.error());
    const bool awaits_receipt = opening->digest("intent") && !receipted->has_value();  // a push has no intent
    const StreamEnd end{*opening->agreement,
                        opening->id,
                        *opening->exchange(),
                        "CRASH",
                        said,
                        !awaits_receipt,
                        {{Dimension::Counterparty, agreement->peer_did}, {Dimension::Dataset, agreement->dataset}}};
    Unit unit = end_unit(end);
    unit.mutations.push_back(
        Mutation{Family::Exchange, row, std::nullopt});  // also where an older version named it otherwise
    const auto ended = parts.journal.commit_blocking(std::move(unit));
    if (!ended) return fail(ended.error());
    log_warn("stream.ended", {{"exchange", to_text(*opening->exchange())}, {"reason", "CRASH"}});
  }
  return {};
}

}  // namespace sekisho::node
