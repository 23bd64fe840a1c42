#include "node/exchange/receipts.hpp"

#include <set>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "base/http/problem.hpp"
#include "node/dataspace/process.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/stream/positions.hpp"

namespace sekisho::node {

namespace {

constexpr std::size_t kMostReceipts = 256;
constexpr std::chrono::seconds kCheckTime{10};

// The commitment over all that crossed: a release's own; of a stream the end's, where that says one, else the last
// head's.
Result<std::optional<Digest>> released_commitment(const LogReader& reader, const std::string& peer,
                                                  const trust::Statement& release) {
  if (!release.subject.empty()) return std::optional(release.subject[0].commitment);
  for (const pb::EntryKind kind : {pb::STREAM_END_OUT, pb::STREAM_HEAD_OUT}) {
    const auto at = reader.find(kind, *release.exchange(), peer);
    if (!at) return fail(at.error());
    if (!*at) continue;
    const auto entry = reader.entry(**at);
    if (!entry) return fail(entry.error());
    const auto statement = trust::parse_statement(entry->entry.payload());
    if (!statement) return fail(Code::DatabaseDamaged, "a window of a stream cannot be read", statement.error());
    if (const auto said = statement->digest("commitment")) return std::optional(*said);
  }
  return std::optional<Digest>();
}

}  // namespace

// A receipt that verifies and belongs to a release of this node to that peer.
struct ReceiptIntake::Checked {
  CheckedStatement receipt;
  Digest release{};
  Digest agreement{};
  Uuid exchange;
  std::string dataset;
  std::string peer_did;
  std::string status;  // empty: to be logged
  std::optional<std::uint64_t> index;
  std::optional<std::uint64_t> head_bytes;          // of a head: the stream goes on, that far confirmed
  std::optional<std::uint64_t> confirmed_chunks{};  // of a whole stream
  bool contradicts = false;                         // it verified something else than was released
  std::optional<Digest> released{};                 // then: what was; nullopt: nothing yet

  [[nodiscard]] EntryDraft entry() const {
    return EntryDraft{pb::NRR_IN,
                      exchange,
                      Foreign{receipt.envelope.payload, receipt.envelope.seal},
                      agreement,
                      {{Dimension::Counterparty, peer_did}, {Dimension::Dataset, dataset}}};
  }
  [[nodiscard]] EntryDraft alert() const {
    const JsonObject detail{{"code", code_info(Code::CommitmentMismatch).name},
                            {"peer", peer_did},
                            {"receipt", to_hex(receipt.statement.id)},
                            {"release", to_hex(release)},
                            {"released", released ? Json(to_hex(*released)) : Json(nullptr)},
                            {"stated", receipt.statement.text("commitment").value_or("")}};
    return EntryDraft{pb::ALERT,
                      exchange,
                      canonical_json(detail).value(),  // texts only: nothing that canonical JSON cannot say
                      agreement,
                      {{Dimension::Counterparty, peer_did}, {Dimension::Dataset, dataset}}};
  }
};

ReceiptIntake::ReceiptIntake(ExchangeParts parts)
    : parts_(parts),
      alerts_(parts.metrics.counter("sekisho_alerts_total",
                                    {{"code", std::string(code_info(Code::CommitmentMismatch).name)}},
                                    "Contradictions of peers, each an ALERT of the log.")) {}

// What a receipt names: a release, the opening of a stream or one of its heads, of this node to that peer.
struct ReceiptIntake::Released {
  trust::Statement statement;
  std::string dataset;
  bool head = false;
};

Result<ReceiptIntake::Released> ReceiptIntake::released(const std::string& peer, const Digest& of,
                                                        const trust::Statement& receipt) const {
  const LogReader& reader = parts_.journal.reader();
  auto release_at = reader.find(pb::NRO_OUT, of);
  if (release_at && !*release_at) release_at = reader.find(pb::STREAM_OPEN_OUT, of);
  if (!release_at) return fail(release_at.error());
  const auto head_at = reader.find(pb::STREAM_HEAD_OUT, of);
  if (!head_at) return fail(head_at.error());
  const auto claim = parts_.storage.get(Family::Exchange, outcome_claim(peer, *receipt.exchange()));
  if (!claim) return fail(claim.error());
  const bool head = head_at->has_value();
  const bool known_release = *release_at && *claim && read_be64(**claim) == **release_at;
  if (!known_release && !(head && *claim)) {
    return fail(Code::ReceiptInvalid, "there is no such release to this peer");
  }
  const auto entry = reader.entry(head ? **head_at : **release_at);
  if (!entry) return fail(entry.error());
  auto release = trust::parse_statement(entry->entry.payload());
  if (!release) return fail(Code::DatabaseDamaged, "a release of this node cannot be read", release.error());
  if (release->agreement != receipt.agreement)
    return fail(Code::ReceiptInvalid, "the receipt is under another agreement");
  if (release->exchange() != receipt.exchange())
    return fail(Code::ReceiptInvalid, "the receipt is of another exchange");
  const auto agreement = parts_.agreements.find(*receipt.agreement);
  if (!agreement || agreement->peer_did != peer)
    return fail(Code::ReceiptInvalid, "the receipt is under another agreement");
  return Released{std::move(*release), agreement->dataset, head};
}

// Only what verified may open the way for more; everything else is the final receipt's to say.
Status ReceiptIntake::confirm_head(const Released& released, Checked& out) const {
  const trust::Statement& receipt = out.receipt.statement;
  if (receipt.digest("commitment") != released.statement.digest("commitment"))
    return fail(Code::ReceiptInvalid, "the receipt of a head has another commitment");
  if (receipt.text("outcome") != "verified")
    return fail(Code::ReceiptInvalid, "the receipt of a head confirms nothing");
  out.head_bytes = static_cast<std::uint64_t>(released.statement.integer("bytes").value_or(0));
  return {};
}

Status ReceiptIntake::confirm_whole(const Released& released, Checked& out) const {
  const trust::Statement& receipt = out.receipt.statement;
  if (receipt.text("outcome") != "verified") return {};
  const auto commitment = released_commitment(parts_.journal.reader(), out.peer_did, released.statement);
  if (!commitment) return fail(commitment.error());
  out.released = *commitment;
  out.contradicts = receipt.digest("commitment") != *commitment;
  if (released.statement.kind == trust::StatementKind::StreamOpen && !out.contradicts)
    out.confirmed_chunks = static_cast<std::uint64_t>(receipt.integer("chunks").value_or(0));
  return {};
}

// "known" or "superseded" with its place, where the log already has this receipt or another.
Status ReceiptIntake::compare_with_log(Checked& out) const {
  const auto known = parts_.journal.reader().find(pb::NRR_IN, out.receipt.statement.id);
  if (!known) return fail(known.error());
  if (*known) {
    out.status = "known";
    out.index = index_of(**known);
    return {};
  }
  const auto taken = parts_.storage.get(Family::Exchange, receipt_claim(out.release));
  if (!taken) return fail(taken.error());
  if (*taken) {
    out.status = "superseded";
    out.index = index_of(read_be64(**taken));
  }
  return {};
}

async::Task<Result<ReceiptIntake::Checked>> ReceiptIntake::check(trust::PeerIdentity peer, std::string text,
                                                                 async::Deadline deadline) {
  auto checked = co_await parts_.certificates.check(peer, std::move(text), trust::StatementKind::Receipt, deadline);
  // Says nothing of the receipt: the peer must send it again.
  if (!checked && transient(checked.error().code)) co_return fail(checked.error());
  if (!checked) co_return fail(Code::ReceiptInvalid, "the receipt does not verify", checked.error());
  const trust::Statement& receipt = checked->statement;
  const auto of = receipt.digest("of");
  const auto exchange = receipt.exchange();
  if (!of || !exchange || !receipt.agreement)
    co_return fail(Code::ReceiptInvalid, "the receipt names no release, exchange or agreement");
  const auto release = released(peer.did, *of, receipt);
  if (!release) co_return fail(release.error());

  Checked out;
  out.release = *of;
  out.agreement = *receipt.agreement;
  out.exchange = *exchange;
  out.dataset = release->dataset;
  out.peer_did = peer.did;
  out.receipt = std::move(*checked);
  const auto confirmed = release->head ? confirm_head(*release, out) : confirm_whole(*release, out);
  if (!confirmed) co_return fail(confirmed.error());
  const auto compared = compare_with_log(out);
  if (!compared) co_return fail(compared.error());
  co_return out;
}

async::Task<Status> ReceiptIntake::commit(std::vector<Checked*> fresh) {
  Unit unit;
  for (const Checked* c : fresh) {
    unit.entries.push_back(c->entry());
    unit.claims.push_back(Claim{receipt_claim(c->release), unit.entries.size() - 1});
    if (c->confirmed_chunks) forget_points({c->peer_did, c->exchange, *c->confirmed_chunks}, unit.mutations);
    if (!c->head_bytes)
      unit.mutations.push_back(
          Mutation{Family::Exchange, OpenExchanges::row_key(c->agreement, c->exchange), std::nullopt});
  }
  // Behind all receipts, so that these stay at the places that are answered.
  for (const Checked* c : fresh) {
    if (c->contradicts) unit.entries.push_back(c->alert());
  }
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    if (fresh[i]->contradicts) report(*fresh[i]);
    fresh[i]->status = "logged";
    fresh[i]->index = committed->entries[i].index;
    if (fresh[i]->head_bytes) {
      parts_.streams.receipted(fresh[i]->peer_did, fresh[i]->exchange, *fresh[i]->head_bytes);
    } else {
      parts_.open.closed(fresh[i]->agreement, fresh[i]->exchange);
    }
  }
  co_return Status();
}

void ReceiptIntake::report(const Checked& receipt) {
  alerts_.inc();
  log_error("receipt.contradicts", {{"peer", receipt.peer_did},
                                    {"exchange", to_text(receipt.exchange)},
                                    {"receipt", to_hex(receipt.receipt.statement.id)}});
}

async::Task<Result<std::vector<Result<ReceiptIntake::Checked>>>> ReceiptIntake::check_all(trust::PeerIdentity peer,
                                                                                          JsonArray texts) {
  const auto deadline = async::Deadline::in(kCheckTime);
  std::vector<Result<Checked>> all;
  for (const auto& item : texts) {
    if (!item.is_string()) {
      all.emplace_back(fail(Code::ReceiptInvalid, "a receipt is no text"));
      continue;
    }
    auto checked = co_await check(peer, std::string(item.get_string()), deadline);
    if (!checked && checked.error().code != Code::ReceiptInvalid) co_return fail(checked.error());
    all.push_back(std::move(checked));
  }
  co_return all;
}

// Of two for one release the first is final, also within one request.
async::Task<Status> ReceiptIntake::log_fresh(std::vector<Result<Checked>>& all) {
  std::vector<Checked*> fresh;
  std::set<Digest> releases;
  for (auto& c : all) {
    if (!c || !c->status.empty()) continue;
    if (!releases.insert(c->release).second) {
      c->status = "superseded";
      continue;
    }
    fresh.push_back(&*c);
  }
  if (fresh.empty()) co_return Status();
  auto done = co_await commit(fresh);
  if (done || done.error().code != Code::ExchangeReplayed) co_return done;
  // Another request won some of them in between: one by one, so that the rest is still logged.
  for (Checked* one : fresh) {
    done = co_await commit(std::vector<Checked*>(1, one));
    if (!done && done.error().code != Code::ExchangeReplayed) co_return done;
    if (!done) one->status = "superseded";
  }
  co_return Status();
}

async::Task<http::Response> ReceiptIntake::post(trust::PeerIdentity peer, std::string body, std::string correlation) {
  const auto document = parse_json(body);
  if (!document) co_return http::problem(document.error(), correlation);
  if (!document->is_object()) co_return http::problem(Error(Code::JsonShape, "not an object"), correlation);
  const auto texts = get_array(document->get_object(), "receipts");
  if (!texts) co_return http::problem(texts.error(), correlation);
  if ((*texts)->empty() || (*texts)->size() > kMostReceipts) {
    co_return http::problem(Error(Code::LimitExceeded, "1 to 256 receipts at a time").with("limit", "256"),
                            correlation);
  }
  auto all = co_await check_all(std::move(peer), **texts);
  if (!all) co_return http::problem(all.error(), correlation);
  const auto logged = co_await log_fresh(*all);
  if (!logged) co_return http::problem(logged.error(), correlation);

  JsonArray results;
  for (const auto& c : *all) {
    JsonObject row;
    if (!c) {
      row["status"] = "invalid";
      row["code"] = std::string(c.error().name());
    } else {
      row["receipt"] = to_hex(c->receipt.statement.id);
      row["status"] = c->status;
      if (c->index) row["index"] = static_cast<std::int64_t>(*c->index);
    }
    results.push_back(std::move(row));
  }
  co_return http::json_response(200, to_text(Json(JsonObject{{"results", std::move(results)}})));
}

}  // namespace sekisho::node
