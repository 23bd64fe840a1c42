#include "base/core/encoding.hpp"
#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {
namespace {

std::string place(const Statement& s) { return s.origin + "#" + std::to_string(s.index); }

// The first receipt is final.
const Statement* final_receipt(const StatementItem& release) {
  const Statement* first = nullptr;
  for (const StatementItem* item : release.receipts) {
    if (item->sealed && (!first || item->statement.time < first->time)) first = &item->statement;
  }
  return first;
}

void add_receipt(const StatementItem& release, ExchangeFacts& out) {
  out.outcome = "released, unconfirmed";
  const Statement* receipt = final_receipt(release);
  if (receipt == nullptr) return;
  if (receipt->text("outcome") == "verified") out.outcome = "released, verified";
  out.recipient_log = place(*receipt);
  out.receipt_time = receipt->time;
  out.bytes = receipt->integer("bytes");
}

}  // namespace

std::vector<ExchangeFacts> facts_of(const Material& material) {
  std::vector<ExchangeFacts> out;
  for (const auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    const bool release = s.kind == StatementKind::Release || s.kind == StatementKind::StreamOpen;
    if (!item.sealed || (!release && s.kind != StatementKind::Refusal && s.kind != StatementKind::Void)) continue;
    ExchangeFacts facts;
    facts.exchange = s.text("exchange").value_or("");
    facts.outcome = s.kind == StatementKind::Refusal ? "refused" : "void";
    facts.provider = s.issuer.did;
    facts.provider_zone = s.issuer.zone;
    const Party other = item.counterpart.value_or(Party{});
    facts.recipient = other.did;
    facts.recipient_zone = other.zone;
    if (s.agreement) facts.agreement = to_hex(*s.agreement);
    if (item.terms) {
      facts.dataset = item.terms->statement.text("dataset").value_or("");
      facts.purpose = item.terms->statement.text("purpose").value_or("");
    }
    facts.media = s.text("media").value_or("");
    facts.code = s.text("code").value_or("");
    facts.provider_log = place(s);
    facts.time = s.time;
    if (release) add_receipt(item, facts);
    out.push_back(std::move(facts));
  }
  return out;
}

}  // namespace sekisho::trust::verify
