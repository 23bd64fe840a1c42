#include "node/exchange/steps/retry.hpp"

#include "node/exchange/keys.hpp"

namespace sekisho::node::steps {
namespace {

// The statement at the position; an entry without one is damage.
Result<trust::Statement> statement_at(const LogReader& reader, Position at) {
  const auto entry = reader.entry(at);
  if (!entry) return fail(entry.error());
  auto statement = trust::parse_statement(entry->entry.payload());
  if (!statement) return fail(Code::DatabaseDamaged, "a statement of the log cannot be read", statement.error());
  return statement;
}

bool repeatable(const ExchangeParts& parts, const Crossing& crossing, const trust::Statement& release) {
  const bool released =
      release.kind == trust::StatementKind::Release || release.kind == trust::StatementKind::StreamOpen;
  return released && release.agreement == crossing.transfer->agreement->digest &&
         release.digest("request") == crossing.asked && !release.text("retryOf") &&
         release.time + parts.retries.within >= parts.clock.now();
}

Result<bool> confirmed(const LogReader& reader, const std::string& peer, const trust::Statement& release) {
  const auto at = reader.find(pb::NRR_IN, *release.exchange(), peer);
  if (!at) return fail(at.error());
  if (!*at) return false;
  const auto receipt = statement_at(reader, **at);
  if (!receipt) return fail(receipt.error());
  return receipt->digest("of") == release.id && receipt->text("outcome") == "verified";
}

}  // namespace

Result<std::optional<Retry>> find_retried(const ExchangeParts& parts, const Crossing& crossing) {
  const std::optional<Retry> none;
  if (crossing.request.retry_of.empty()) return none;
  const auto of = uuid_from_text(crossing.request.retry_of);
  if (!of) return fail(Error(Code::InvalidArgument, "no exchange id", of.error()).with("header", "Sekisho-Retry-Of"));
  const std::string& peer = crossing.request.peer.did;
  const auto outcome = parts.storage.get(Family::Exchange, outcome_claim(peer, *of));
  if (!outcome) return fail(outcome.error());
  if (!*outcome) return none;
  const LogReader& reader = parts.journal.reader();
  const auto release = statement_at(reader, read_be64(**outcome));
  if (!release) return fail(release.error());
  if (!repeatable(parts, crossing, *release)) return none;
  const auto had = confirmed(reader, peer, *release);
  if (!had) return fail(had.error());
  if (*had) return none;
  for (std::uint8_t number = 1; number <= parts.retries.most; ++number) {
    const auto taken = parts.storage.get(Family::Exchange, retry_claim(peer, *of, number));
    if (!taken) return fail(taken.error());
    if (!*taken) return Retry{*of, number};
  }
  return none;
}

}  // namespace sekisho::node::steps
