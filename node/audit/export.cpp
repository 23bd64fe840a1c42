#include "node/audit/export.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "base/core/encoding.hpp"
#include "node/audit/closed_logs.hpp"
#include "node/audit/exchange_entries.hpp"
#include "node/journal/materials.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

namespace {

// Statements of an agreement that give its releases their meaning lie at its beginning; a scan is bounded.
constexpr std::size_t kFoundations = 256;

bool is_foundation(pb::EntryKind kind) {
  return kind == pb::AGREEMENT_OUT || kind == pb::AGREEMENT_IN || kind == pb::REQUEST_OUT || kind == pb::REQUEST_IN;
}

class Exporter {
 public:
  Exporter(const LogReader& reader, const Storage& storage, const DisclosureStore& disclosures,
           std::vector<Published> logs, const ExportLimits& limits)
      : reader_(reader), storage_(storage), disclosures_(disclosures), logs_(std::move(logs)), limits_(limits) {}

  // Takes an entry, with everything that it refers to.
  Status take(Position at);
  BundleMembers finish() { return std::move(members_); }

 private:
  Status add(std::string name, Bytes content);
  // The checkpoint of the entry's log; null where the entry lies beyond it.
  [[nodiscard]] const Published* proves(Position at) const;
  Status take_one(Position at);
  Status refer(const trust::Statement& statement, const pb::Entry& entry);
  Status want(const std::optional<Digest>& statement);
  Status want_exchange(const pb::Entry& entry);
  Status want_foundations(const Digest& agreement);
  Status add_chain(const Digest& leaf);
  Status add_snapshot(const Digest& id);
  Status add_disclosure(const trust::Statement& statement);
  Status add_agreement(const trust::Statement& statement);

  const LogReader& reader_;
  const Storage& storage_;
  const DisclosureStore& disclosures_;
  const std::vector<Published> logs_;
  const ExportLimits& limits_;
  BundleMembers members_;
  std::size_t bytes_ = 0;
  std::set<Position> seen_;
  std::deque<Position> open_;
  std::set<Digest> agreements_;
  std::set<Uuid> exchanges_;
};

Status Exporter::add(std::string name, Bytes content) {
  bytes_ += content.size();
  if (bytes_ > limits_.bytes)
    return fail(Code::LimitExceeded, "the bundle would be larger than its limit; narrow the filter");
  members_.insert_or_assign(std::move(name), std::move(content));
  return {};
}

Status Exporter::take(Position at) {
  open_.push_back(at);
  while (!open_.empty()) {
    const Position next = open_.front();
    open_.pop_front();
    if (!seen_.insert(next).second) continue;
    if (seen_.size() > limits_.entries) {
      return fail(Code::LimitExceeded, "more entries than one bundle takes; narrow the filter");
    }
    Status taken = take_one(next);
    if (!taken) return taken;
  }
  return {};
}

const Published* Exporter::proves(Position at) const {
  const auto log = std::ranges::find(logs_, log_of(at), &Published::log);
  return log != logs_.end() && index_of(at) < log->size ? &*log : nullptr;
}

Status Exporter::take_one(Position at) {
  const Published* checkpoint = proves(at);
  if (checkpoint == nullptr) return {};
  Result<StoredEntry> entry = reader_.entry(at);
  if (!entry) return fail(entry.error());
  if (entry->entry.payload().empty()) return {};
  Result<trust::Envelope> envelope = reader_.envelope(at);
  if (!envelope) return fail(envelope.error());
  Result<trust::Statement> statement = trust::parse_statement(envelope->payload);
  if (!statement) return fail(Code::DatabaseDamaged, "a statement in the log does not read", statement.error());
  Result<std::string> proof = reader_.tlog_proof(at, checkpoint->note);
  if (!proof) return fail(proof.error());

  const std::string folder = trust::log_folder(checkpoint->origin);
  Status added = add(trust::statement_member(statement->id), trust::encode_envelope(*envelope));
  if (added) added = add(folder + "checkpoint", to_bytes(checkpoint->note));
  if (added) added = add(folder + "proofs/" + std::to_string(index_of(at)), to_bytes(*proof));
  if (added) added = add_chain(statement->issuer.cert);
  if (added) added = add_snapshot(statement->snapshot_digest);
  if (added) added = add_disclosure(*statement);
  if (added) added = refer(*statement, entry->entry);
  return added;
}

Status Exporter::refer(const trust::Statement& statement, const pb::Entry& entry) {
  for (const char* member : {"terms", "of", "intent"}) {
    Status wanted = want(statement.digest(member));
    if (!wanted) return wanted;
  }
  Status exchange = want_exchange(entry);
  if (!exchange || !statement.agreement || !agreements_.insert(*statement.agreement).second) return exchange;
  return want_foundations(*statement.agreement);
}

Status Exporter::want(const std::optional<Digest>& statement) {
  if (!statement) return {};
  Result<std::optional<Position>> at = reader_.find(*statement);
  if (!at) return fail(at.error());
  if (*at) open_.push_back(**at);
  return {};
}

// All statements of the same exchange: intent, release, receipt, refusal, void; of a stream all of its windows.
Status Exporter::want_exchange(const pb::Entry& entry) {
  Uuid exchange;
  if (entry.exchange().size() != exchange.octets.size()) return {};
  std::memcpy(exchange.octets.data(), entry.exchange().data(), exchange.octets.size());
  if (!exchanges_.insert(exchange).second) return {};
  Result<std::vector<Position>> all = exchange_entries(reader_, exchange);
  if (!all) return fail(all.error());
  open_.insert(open_.end(), all->begin(), all->end());
  return {};
}

Status Exporter::want_foundations(const Digest& agreement) {
  std::vector<Position> first;
  Status scanned = reader_.postings(Dimension::Agreement, to_hex(agreement), Position{0}, [&](Position p) {
    first.push_back(p);
    return first.size() < kFoundations;
  });
  if (!scanned) return scanned;
  for (const Position at : first) {
    if (proves(at) == nullptr) continue;
    Result<StoredEntry> entry = reader_.entry(at);
    if (!entry) return fail(entry.error());
    if (is_foundation(entry->entry.kind())) open_.push_back(at);
  }
  return {};
}

Status Exporter::add_chain(const Digest& leaf) {
  const std::string name = trust::chain_member(leaf);
  if (members_.contains(name)) return {};
  Result<std::optional<std::vector<Bytes>>> chain = find_chain(storage_, leaf);
  if (!chain) return fail(chain.error());
  if (!*chain) return {};  // the verifier names what is missing
  return add(name, trust::encode_chain(**chain));
}

Status Exporter::add_snapshot(const Digest& id) {
  const std::string name = trust::snapshot_member(id);
  if (members_.contains(name)) return {};
  Result<std::optional<Bytes>> snapshot = find_material(storage_, MaterialKind::Snapshot, id);
  if (!snapshot) return fail(snapshot.error());
  if (!*snapshot) return {};  // the other party's: its node contributes it
  return add(name, std::move(**snapshot));
}

// An agreement's document goes with the first statement about it, which is its provider's.
Status Exporter::add_agreement(const trust::Statement& statement) {
  const std::optional<trust::Party> provider = statement.party("provider");
  if (!statement.agreement || statement.counter != 0U || !provider || provider->did != statement.issuer.did) return {};
  Result<std::optional<Bytes>> document = find_material(storage_, MaterialKind::Agreement, *statement.agreement);
  if (!document) return fail(document.error());
  if (!*document) return {};  // of a first release
  const trust::Disclosure disclosure{statement.id, Digest{}, std::move(**document)};
  return add(trust::disclosure_member(statement.id), to_bytes(trust::format_disclosure(disclosure)));
}

Status Exporter::add_disclosure(const trust::Statement& statement) {
  if (statement.kind == trust::StatementKind::Agreement) return add_agreement(statement);
  if (statement.kind != trust::StatementKind::Release && statement.kind != trust::StatementKind::StreamOpen) return {};
  Result<std::optional<Digest>> salt = disclosures_.get(statement.id);
  if (!salt) return fail(salt.error());
  if (!*salt) return {};
  trust::Disclosure disclosure;
  disclosure.statement = statement.id;
  disclosure.salt = **salt;
  return add(trust::disclosure_member(statement.id), to_bytes(trust::format_disclosure(disclosure)));
}

}  // namespace

Result<BundleMembers> export_members(const LogReader& reader, const Storage& storage,
                                     const DisclosureStore& disclosures, std::shared_ptr<const Published> at,
                                     const AuditFilter& filter, const ExportLimits& limits) {
  Result<std::vector<Published>> logs = proven_logs(reader, storage, *at);
  if (!logs) return fail(logs.error());
  Exporter exporter(reader, storage, disclosures, std::move(*logs), limits);
  AuditQuery query(reader, storage, at, filter);
  for (;;) {
    Result<std::optional<AuditMatch>> match = query.next();
    if (!match) return fail(match.error());
    if (!*match) break;
    Status taken = exporter.take((*match)->entry.position);
    if (!taken) return fail(taken.error());
  }
  BundleMembers members = exporter.finish();
  if (members.empty()) return fail(Code::NotFound, "nothing in the log matches the filter");
  return members;
}

}  // namespace sekisho::node
