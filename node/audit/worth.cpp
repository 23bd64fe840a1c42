#include "node/audit/worth.hpp"

#include "base/core/encoding.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

namespace {

std::string signatures(const Worth& worth) {
  if (worth.releases == 0) return "no release of data among them";
  if (worth.both_signed == worth.releases) return "every release signed by both parties";
  return std::to_string(worth.both_signed) + " of " + std::to_string(worth.releases) +
         " releases signed by both parties, the others by the sender alone";
}

}  // namespace

Status Worth::count(const LogReader& reader, const pb::Entry& entry) {
  ++matches;
  const bool sent = entry.kind() == pb::NRO_OUT;
  if (!sent && entry.kind() != pb::NRO_IN) return {};
  ++releases;
  Uuid exchange;
  if (entry.exchange().size() != exchange.octets.size()) return {};
  std::memcpy(exchange.octets.data(), entry.exchange().data(), exchange.octets.size());
  const Result<std::vector<Position>> receipts = reader.find_all(sent ? pb::NRR_IN : pb::NRR_OUT, exchange);
  if (!receipts) return fail(receipts.error());
  const Digest release = trust::statement_id(entry.payload());
  for (const Position at : *receipts) {
    const Result<StoredEntry> receipt = reader.entry(at);
    if (!receipt) return fail(receipt.error());
    const Result<trust::Statement> statement = trust::parse_statement(receipt->entry.payload());
    if (!statement || statement->digest("of") != release) continue;
    ++both_signed;
    return {};
  }
  return {};
}

JsonObject to_json(const Worth& worth) {
  JsonArray checkpoints;
  std::string proven;
  for (const Published& c : worth.checkpoints) {
    checkpoints.push_back(
        JsonObject{{"origin", c.origin}, {"size", c.size}, {"root", to_hex(c.root)}, {"note", c.note}});
    proven += (proven.empty() ? "" : ", ") + c.origin + " at size " + std::to_string(c.size);
  }
  const std::string sentence =
      std::to_string(worth.matches) + " entries, each proven to lie in " + (proven.empty() ? "no log" : proven) + "; " +
      signatures(worth) +
      "; not proven complete: no foreign witness has cosigned the checkpoint; times are claimed by the nodes.";
  return {{"matches", worth.matches}, {"releases", worth.releases},     {"signedByBoth", worth.both_signed},
          {"complete", "not proven"}, {"time", "claimed by the nodes"}, {"checkpoints", std::move(checkpoints)},
          {"sentence", sentence}};
}

}  // namespace sekisho::node
