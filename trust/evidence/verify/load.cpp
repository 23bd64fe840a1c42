#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/log_entry.hpp"
#include "trust/evidence/verify/material.hpp"
#include "trust/log/text.hpp"
#include "trust/pki/crl.hpp"

namespace sekisho::trust::verify {
namespace {

constexpr std::size_t kMaxCheckpointBytes = 64U << 10;

struct Loader {
  Material& out;
  Findings& findings;

  void malformed(std::string_view member, std::string detail) {
    findings.fault(Verdict::Malformed, "archive", std::string(member), std::move(detail));
  }

  void statement(std::string_view member, const Digest& name, BytesView content) {
    Result<Envelope> envelope = decode_envelope(content);
    if (!envelope) return malformed(member, "not an envelope: " + envelope.error().message);
    Result<Statement> parsed = parse_statement(envelope->payload);
    if (!parsed) return findings.fault(Verdict::Tampered, "statement", std::string(member), parsed.error().message);
    if (parsed->id != name) {
      return findings.fault(Verdict::Tampered, "statement", std::string(member), "its id is not its name");
    }
    StatementItem item;
    item.member = member;
    item.envelope = std::move(*envelope);
    item.statement = std::move(*parsed);
    out.statements.emplace(name, std::move(item));
  }

  void chain(std::string_view member, const Digest& name, BytesView content) {
    Result<std::vector<Bytes>> chain = decode_chain(content);
    if (!chain) return malformed(member, chain.error().message);
    if (sha256((*chain)[0]) != name) return malformed(member, "the leaf's digest is not the member's name");
    out.chains.emplace(name, std::move(*chain));
  }

  void crl(std::string_view member, const Digest& name, BytesView content) {
    const Result<Crl> crl = Crl::parse(content);
    if (!crl || crl->digest() != name) return malformed(member, "not the CRL that its name says");
    out.crls.push_back(to_bytes(content));
  }

  void snapshot(std::string_view member, const Digest& name, BytesView content) {
    Result<TrustSnapshot> parsed = TrustSnapshot::parse(content);
    if (!parsed) return findings.fault(Verdict::Tampered, "snapshot", std::string(member), parsed.error().message);
    if (parsed->id != name) {
      return findings.fault(Verdict::Tampered, "snapshot", std::string(member), "its digest is not its name");
    }
    out.snapshots.emplace(name, SnapshotItem{std::string(member), to_bytes(content), std::move(*parsed)});
  }

  void disclosure(std::string_view member, const Digest& name, BytesView content) {
    Result<Disclosure> parsed = parse_disclosure(as_text(content));
    if (!parsed) return malformed(member, parsed.error().message);
    if (parsed->statement != name) return malformed(member, "the disclosure is of another statement than its name");
    out.disclosures.emplace(name, std::move(*parsed));
  }

  // rest: "<hex>/checkpoint" or "<hex>/proofs/<index>"
  void log(std::string_view member, std::string_view rest, BytesView content) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || !digest_from_hex(rest.substr(0, slash))) {
      return malformed(member, "not a member that a log has");
    }
    const std::string folder = fmt::format("log/{}/", rest.substr(0, slash));
    std::string_view name = rest.substr(slash + 1);
    LogItem& log = out.logs[folder];
    log.folder = folder;
    if (name == "checkpoint" && content.size() <= kMaxCheckpointBytes) {
      log.checkpoint = as_text(content);
      return;
    }
    constexpr std::string_view kProofs = "proofs/";
    const auto index = name.starts_with(kProofs) ? parse_decimal(name.substr(kProofs.size())) : std::nullopt;
    if (!index) return malformed(member, "not a member that a log has");
    Result<LogProof> proof = parse_proof(as_text(content));
    if (!proof || format_proof(*proof) != as_text(content)) return malformed(member, "not a proof in its one spelling");
    if (proof->index != *index) return malformed(member, "the proof is of another index than its name");
    if (!proof->extra) return malformed(member, "the proof has no entry");
    ProofItem item{std::string(member), std::move(*proof), {}, {}};
    item.entry_bytes = *item.proof.extra;
    Result<pb::Entry> entry = parse_log_entry(item.entry_bytes);
    if (!entry) return malformed(member, entry.error().message);
    item.entry = std::move(*entry);
    log.proofs.emplace(*index, std::move(item));
  }

  // Copies of what snapshots carry: used when a snapshot of the bundle carries the object of that id.
  void recognition(std::string_view member, std::string_view name, BytesView content) {
    const bool descriptor = name.starts_with("descriptor-");
    const std::string_view hex = name.substr(name.find('-') + 1);
    const Result<Digest> stated = digest_from_hex(hex);
    const Result<Digest> actual = object_id(content);
    if (!stated || (!descriptor && !name.starts_with("recognition-"))) return malformed(member, "an unknown name");
    if (!actual || *actual != *stated) {
      return findings.fault(Verdict::Tampered, "recognition", std::string(member), "its digest is not its name");
    }
    for (const auto& [id, item] : out.snapshots) {
      const TrustSnapshot& snapshot = item.snapshot;
      const auto carries = [&](const ForeignZone& zone) {
        return (descriptor ? zone.descriptor.id : zone.recognition.id) == *stated;
      };
      if ((descriptor && snapshot.descriptor.id == *stated) ||
          std::any_of(snapshot.foreign.begin(), snapshot.foreign.end(), carries)) {
        out.unused.erase(std::string(member));
        return;
      }
    }
  }

  void any(std::string_view name, BytesView content) {
    const std::size_t slash = name.find('/');
    const std::string_view folder = name.substr(0, slash);
    const std::string_view rest = slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
    if (folder == "log") return log(name, rest, content);
    if (folder == "recognition") return;  // after the snapshots
    const Result<Digest> digest = digest_from_hex(rest);
    if (!digest) return malformed(name, "no member of a bundle has this name");
    if (folder == "statements") return statement(name, *digest, content);
    if (folder == "chains") return chain(name, *digest, content);
    if (folder == "crls") return crl(name, *digest, content);
    if (folder == "snapshots") return snapshot(name, *digest, content);
    if (folder == "disclosures") return disclosure(name, *digest, content);
    malformed(name, "no member of a bundle has this name");
  }
};

}  // namespace

Verdict Findings::worst() const {
  Verdict worst = Verdict::ValidAtExchange;
  for (const Finding& finding : list_) worst = worse(worst, finding.verdict);
  return worst;
}

Material load(const ArchiveView& members, Findings& findings) {
  Material out;
  Loader loader{out, findings};
  for (const auto& [name, content] : members) {
    out.unused.insert(name);
    loader.any(name, content);
  }
  constexpr std::string_view kRecognition = "recognition/";
  for (auto it = members.lower_bound(kRecognition); it != members.end() && it->first.starts_with(kRecognition); ++it) {
    loader.recognition(it->first, std::string_view(it->first).substr(kRecognition.size()), it->second);
  }
  // Every statement is itself a subject of the bundle.
  for (const auto& [id, item] : out.statements) out.unused.erase(item.member);
  return out;
}

}  // namespace sekisho::trust::verify
