// Inclusion: which statement stands at which index of whose log.
#include <algorithm>
#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/verify/material.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::trust::verify {
namespace {

struct Logs {
  Material& material;
  Findings& findings;

  void tampered(const std::string& member, std::string detail) {
    findings.fault(Verdict::Tampered, "log", member, std::move(detail));
  }

  const NodeRecord* record_in(const SnapshotItem& item, std::string_view dns) {
    if (!item.anchored) return nullptr;
    for (const NodeRecord& node : item.snapshot.nodes) {
      if (node.dns == dns) return &node;
    }
    return nullptr;
  }

  // The keys by which the zone says that the node signs its log after that instant: a checkpoint may be much younger
  // than the statements that it proves, and the key was changed.
  void later_keys(const std::string& zone, const std::string& dns, Instant at, std::set<Ed25519PublicKey>& out) {
    for (const auto& [id, item] : material.snapshots) {
      const NodeRecord* record = item.snapshot.zone == zone ? record_in(item, dns) : nullptr;
      if (!record) continue;
      for (const NodeKey& key : record->log_keys) {
        if (key.valid_from > at) out.insert(Ed25519PublicKey{key.key});
      }
    }
  }

  // The log's keys by the NodeRecords of its own zone: from the snapshots that statements of this very node name, and
  // from later ones of the bundle.
  std::set<Ed25519PublicKey> log_keys(const Checkpoint& head) {
    std::set<Ed25519PublicKey> keys;
    const Result<LogOrigin> origin = parse_log_origin(head.origin);
    if (!origin) return keys;
    const std::string did = "did:web:" + origin->dns;
    for (const auto& [id, item] : material.statements) {
      const Statement& s = item.statement;
      if (s.issuer.did != did || !item.sealed) continue;
      const auto snapshot = material.snapshots.find(s.snapshot_digest);
      if (snapshot == material.snapshots.end() || snapshot->second.snapshot.zone != s.issuer.zone) continue;
      const NodeRecord* record = record_in(snapshot->second, origin->dns);
      if (!record || record->did != did) continue;
      if (const auto key = record->log_key(head.origin, s.time); key) keys.insert(Ed25519PublicKey{*key});
      later_keys(s.issuer.zone, origin->dns, s.time, keys);
    }
    return keys;
  }

  // A log is referred to by its being opened; what is wrong with it is told by its own finding.
  std::optional<Checkpoint> open(const LogItem& log) {
    const std::string member = log.folder + "checkpoint";
    material.unused.erase(member);
    for (const auto& [index, item] : log.proofs) material.unused.erase(item.member);
    if (log.checkpoint.empty()) {
      findings.fault(Verdict::Indeterminate, "log", member, "the checkpoint is missing");
      return std::nullopt;
    }
    const Result<Note> note = parse_note(log.checkpoint);
    const Result<Checkpoint> head = note ? parse_checkpoint_text(note->text) : Result<Checkpoint>(fail(note.error()));
    if (!head) {
      findings.fault(Verdict::Malformed, "log", member, "not a checkpoint: " + head.error().message);
      return std::nullopt;
    }
    if (log_folder(head->origin) != log.folder || !head->extensions.empty()) {
      tampered(member, "the checkpoint is of another origin than its folder, or has extensions");
      return std::nullopt;
    }
    const std::set<Ed25519PublicKey> keys = log_keys(*head);
    if (keys.empty()) {
      findings.fault(Verdict::Indeterminate, "log", member,
                     "no statement of this log names a snapshot whose node record has its log key");
      return std::nullopt;
    }
    const bool signed_by_log = std::any_of(keys.begin(), keys.end(), [&](const Ed25519PublicKey& key) {
      return verify_note(*note, {head->origin, NoteKeyType::Ed25519, key}).has_value();
    });
    if (!signed_by_log) {
      tampered(member, "the checkpoint is not signed by the log key of the node's record");
      return std::nullopt;
    }
    material.unused.erase(member);
    findings.pass("log", member, "checkpoint of " + head->origin + " at size " + std::to_string(head->size));
    return *head;
  }

  // The entry says of the statement what the statement says of itself.
  std::optional<std::string> mismatch(const pb::Entry& entry, const StatementItem& item, bool own,
                                      std::uint64_t index) {
    const Statement& s = item.statement;
    const Result<Seal> seal = seal_from_pb(entry.seal(), !own);
    if (!seal) return "its seal is malformed";
    Seal expected = item.envelope.seal;
    if (own) expected.path.clear();
    if (*seal != expected) return "its seal is not the statement's";
    if (entry.version() != 1 || !entry.detail().empty()) return "it is not of version 1 with a statement alone";
    if (entry.kind() != (own ? own_entry_kind(s.kind) : peer_entry_kind(s.kind)))
      return "its kind is not the statement's";
    const auto exchange = s.exchange();
    const BytesView exchange_octets = exchange ? BytesView(exchange->octets) : BytesView{};
    const BytesView agreement = s.agreement ? BytesView(*s.agreement) : BytesView{};
    if (!entry.exchange().empty() && entry.exchange() != as_text(exchange_octets))
      return "its exchange is not the statement's";
    if (!entry.agreement().empty() && entry.agreement() != as_text(agreement))
      return "its agreement is not the statement's";
    if (own && index != s.index) return "its index is not the one that the statement names";
    if (own && entry.time_us() != s.time.time_since_epoch().count()) return "its time is not the statement's";
    return std::nullopt;
  }

  void proof(const Checkpoint& head, const std::string& checkpoint, ProofItem& item) {
    if (item.proof.checkpoint != checkpoint) {
      return tampered(item.member, "the proof leads to another checkpoint than the one of its log");
    }
    const Digest leaf = leaf_hash(item.entry_bytes);
    if (const Status s = verify_inclusion(item.proof.index, head.size, leaf, item.proof.path, head.root); !s) {
      return tampered(item.member, s.error().message);
    }
    const auto statement = material.statements.find(statement_id(item.entry.payload()));
    if (item.entry.payload().empty() || statement == material.statements.end()) {
      return findings.fault(Verdict::Malformed, "log", item.member, "the entry holds no statement of this bundle");
    }
    const StatementItem& held = statement->second;
    const bool own = held.statement.origin == head.origin;
    if (const auto problem = mismatch(item.entry, held, own, item.proof.index); problem) {
      return tampered(item.member, "the entry and the statement differ: " + *problem);
    }
    (own ? own_entries : peer_entries)[held.statement.id].push_back(head.origin);
    findings.pass("log", item.member,
                  "entry " + std::to_string(item.proof.index) + " of " + head.origin + " holds " +
                      std::string(kind_name(held.statement.kind)) + " " + to_hex(held.statement.id));
  }

  std::map<Digest, std::vector<std::string>> own_entries, peer_entries;

  // What was told to the other party is proven when both logs hold it; an intent and an erasure are told to nobody.
  void twins() {
    for (const auto& [id, item] : material.statements) {
      const Statement& s = item.statement;
      const bool own = own_entries.contains(id);
      bool peer = false;
      for (const std::string& origin : peer_entries[id]) {
        const Result<LogOrigin> parsed = parse_log_origin(origin);
        peer = peer || (parsed && item.counterpart && "did:web:" + parsed->dns == item.counterpart->did);
      }
      const bool foreign = item.counterpart && item.counterpart->foreign;
      const bool told = s.kind != StatementKind::Intent && s.kind != StatementKind::Erasure;
      const bool both = told && !foreign;
      if (both && own && peer) {
        findings.pass("twin", item.member, "the logs of both parties hold it");
      } else if (both) {
        findings.fault(
            Verdict::Indeterminate, "twin", item.member,
            own ? "the entry of the other party's log is missing" : "the entry of the issuer's log is missing");
      } else if (!own && !peer) {
        findings.fault(Verdict::Indeterminate, "log", item.member, "no log that is in the bundle holds it");
      }
    }
  }
};

}  // namespace

void check_logs(Material& material, Findings& findings) {
  Logs logs{material, findings, {}, {}};
  for (auto& [folder, log] : material.logs) {
    const auto head = logs.open(log);
    if (!head) continue;
    for (auto& [index, item] : log.proofs) logs.proof(*head, log.checkpoint, item);
  }
  logs.twins();
}

}  // namespace sekisho::trust::verify
