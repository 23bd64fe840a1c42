// A node's log with one whole exchange of each side, for the tests of the audit room.
#pragma once

#include <memory>
#include <string>

#include "node/audit/publisher.hpp"
#include "node/journal/materials.hpp"
#include "tests/support/journal_kit.hpp"

namespace sekisho::node::testing {

inline const Digest kAgreement{0xa9};

inline EntryDraft own(trust::StatementKind kind, std::uint64_t exchange, JsonObject members,
                      std::vector<trust::Subject> subject = {}) {
  EntryDraft draft;
  draft.kind = trust::own_entry_kind(kind);
  trust::Draft statement;
  statement.kind = kind;
  statement.agreement = kAgreement;
  statement.members = std::move(members);
  statement.subject = std::move(subject);
  draft.content = std::move(statement);
  if (exchange != 0) draft.exchange = exchange_id(exchange);
  draft.tokens = {{Dimension::Dataset, "cold-chain"},
                  {Dimension::Purpose, "urn:purpose:research"},
                  {Dimension::Counterparty, "did:web:trade.eu.example"},
                  {Dimension::ZonePair, zone_pair("jp", "eu")},
                  {Dimension::Transfer, "urn:transfer:1"}};
  return draft;
}

inline JsonObject trade() { return {{"did", "did:web:trade.eu.example"}, {"zone", "eu"}}; }

struct AuditKit : JournalKit {
  std::shared_ptr<MemoryStorage> storage = std::make_shared<MemoryStorage>();
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Publisher> publisher;
  // A second node, only to make a receipt that is really somebody else's.
  std::shared_ptr<MemoryStorage> peer_storage = std::make_shared<MemoryStorage>();
  std::unique_ptr<Journal> peer;
  Digest terms{};
  Digest release{};
  Digest salt{5};

  explicit AuditKit(const std::string& anchor = {}) {
    journal = Journal::open(options(anchor), storage).value();
    publisher = Publisher::start(*journal, {log, anchor, std::chrono::hours(1), 1'000'000}).value();
    JournalOptions other = options();
    other.origin = "trade.eu.example/sekisho/2026h2";
    other.issuer = {"did:web:trade.eu.example", "eu", Digest{8}};
    other.statement_signer = signer(3);
    peer = Journal::open(std::move(other), peer_storage).value();
  }

  Digest commit(EntryDraft draft) { return journal->commit_blocking(one(std::move(draft)))->entries[0].id; }

  void add_terms() {
    terms = commit(own(trust::StatementKind::Terms, 0,
                       {{"recipient", trade()}, {"transfer", "urn:transfer:1"}, {"dataset", "cold-chain"},
                        {"purpose", "urn:purpose:research"}, {"policy", to_hex(Digest{1})}, {"plan", to_hex(Digest{2})},
                        {"mode", "pull"}}));
  }
  Digest add_release(std::uint64_t n) {
    const std::string id = to_text(exchange_id(n));
    release = commit(own(trust::StatementKind::Release, n,
                         {{"terms", to_hex(terms)}, {"exchange", id}, {"request", to_hex(Digest{3})},
                          {"decision", to_hex(Digest{4})}, {"media", "application/x-ndjson"}},
                         {{id, Digest{6}}}));
    return release;
  }
  void add_receipt(std::uint64_t n, const Digest& of) {
    const std::string id = to_text(exchange_id(n));
    EntryDraft draft = own(trust::StatementKind::Receipt, n,
                           {{"of", to_hex(of)}, {"exchange", id}, {"outcome", "verified"}, {"bytes", 10}, {"chunks", 1},
                            {"commitment", to_hex(Digest{6})}},
                           {{id, Digest{6}}});
    const CommittedEntry made = peer->commit_blocking(one(draft))->entries[0];
    EntryDraft kept = draft;
    kept.kind = pb::NRR_IN;
    kept.content = Foreign{made.payload, made.seal};
    kept.agreement = kAgreement;
    commit(std::move(kept));
  }
  std::shared_ptr<const Published> publish() { return publisher->publish_now().value(); }
};

}  // namespace sekisho::node::testing
