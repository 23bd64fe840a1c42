// The parsed members of a bundle, and the place where findings are collected. Internal to the verifier.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/log.pb.h"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/statement.hpp"
#include "trust/evidence/verify_bundle.hpp"
#include "trust/zone/snapshot.hpp"

namespace sekisho::trust::verify {

class Findings {
 public:
  void pass(std::string group, std::string member, std::string detail, Verdict verdict = Verdict::ValidAtExchange) {
    list_.push_back({std::move(group), std::move(member), std::move(detail), verdict});
  }
  void fault(Verdict verdict, std::string group, std::string member, std::string detail) {
    list_.push_back({std::move(group), std::move(member), std::move(detail), verdict});
  }
  [[nodiscard]] Verdict worst() const;
  [[nodiscard]] std::vector<Finding> take() { return std::move(list_); }

 private:
  std::vector<Finding> list_;
};

struct StatementItem {
  std::string member;
  Envelope envelope;
  Statement statement;
  bool sealed = false;                         // the seal verified under the certificate that the statement names
  const StatementItem* terms = nullptr;        // of a release
  const StatementItem* release = nullptr;      // of a receipt; the opening, of a head or end
  std::vector<const StatementItem*> windows;   // heads and ends of an opening
  std::vector<const StatementItem*> receipts;  // of a release
  std::optional<Party> counterpart;            // the other party, where the statements say who
};

struct SnapshotItem {
  std::string member;
  Bytes signed_bytes;
  TrustSnapshot snapshot;
  bool anchored = false;  // its root is the auditor's
};

struct ProofItem {
  std::string member;
  LogProof proof;
  Bytes entry_bytes;
  pb::Entry entry;
};

struct LogItem {
  std::string folder;
  std::string checkpoint;
  std::map<std::uint64_t, ProofItem> proofs;
};

struct Material {
  std::map<Digest, StatementItem> statements;
  std::map<Digest, std::vector<Bytes>> chains;  // by the leaf's digest
  std::map<Digest, SnapshotItem> snapshots;     // by object id
  std::map<std::string, LogItem> logs;          // by folder
  std::map<Digest, Disclosure> disclosures;     // by statement id
  std::vector<Bytes> crls;
  std::set<std::string> unused;  // members that nothing has referred to yet
};

// Parses every member; a fault leaves that member out.
[[nodiscard]] Material load(const ArchiveView& members, Findings& findings);

// Crosswise: terms of releases, releases of receipts, counterparts.
void link(Material& material, Findings& findings);

void check_snapshots(Material& material, const std::map<std::string, Digest>& roots, Findings& findings);
void check_seals(Material& material, Findings& findings);
void check_paths(Material& material, const std::map<std::string, Digest>& roots, const PathJudge& judge,
                 Findings& findings);
void check_logs(Material& material, Findings& findings);
void check_exchanges(Material& material, Findings& findings);
void check_order(const Material& material, Findings& findings);
void check_disclosures(Material& material, Findings& findings);  // of content
void check_agreements(Material& material, Findings& findings);   // their parties, and disclosures of their documents

// Whose statement of an agreement it is. Nobody's: neither the provider's nor the consumer's.
enum class AgreementSide : std::uint8_t { Nobody, Provider, Consumer };
[[nodiscard]] AgreementSide side_of(const Statement& agreement);

[[nodiscard]] std::vector<ExchangeFacts> facts_of(const Material& material);
[[nodiscard]] std::vector<AgreementFacts> agreements_of(const Material& material);

}  // namespace sekisho::trust::verify
