// Certificate paths as of each statement, at home and across zones.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "trust/evidence/verify/words.hpp"
#include "trust/pki/crl.hpp"
#include "trust/pki/path.hpp"

namespace sekisho::trust::verify {
namespace {

Verdict from(AsOfVerdict verdict) {
  switch (verdict) {
    case AsOfVerdict::Valid: return Verdict::ValidAtExchange;
    case AsOfVerdict::ValidUnconfirmed: return Verdict::ValidUnconfirmed;
    case AsOfVerdict::Contested: return Verdict::Contested;
    case AsOfVerdict::Invalid: return Verdict::InvalidAtExchange;
    case AsOfVerdict::Indeterminate: return Verdict::Indeterminate;
  }
  return Verdict::Indeterminate;
}

// How far the counterpart's clock may be off; that of the issuer says so itself.
constexpr auto kPeerClock = std::chrono::seconds(2);

// When a certificate of a chain ended, by any list that a zone signed.
struct Ended {
  std::optional<Instant> revoked, invalid_since;  // the earliest
  std::string subject;
};

void earlier(std::optional<Instant>& known, Instant at) { known = known ? std::min(*known, at) : at; }

// One path to be judged: the chain of a statement's issuer, at its log time, under a snapshot.
struct Question {
  const StatementItem* item;
  const SnapshotItem* snapshot;
  const std::vector<Bytes>* chain;
  std::string group;
  std::string under;
  const SnapshotItem* held = nullptr;  // an older one, see Word
  [[nodiscard]] Instant at() const { return item->statement.time; }
};

// With these data leave: both zones must recognise each other then.
bool lets_leave(StatementKind kind) {
  return kind == StatementKind::Release || kind == StatementKind::StreamOpen || kind == StatementKind::StreamHead;
}

// These commit their issuer. The others ask, refuse, end or acknowledge: they grant nothing, a recognition that has
// gone is the reason for many of them, and they bind their issuer by the path at home.
bool needs_recognition(StatementKind kind) {
  return lets_leave(kind) || kind == StatementKind::Agreement || kind == StatementKind::Request ||
         kind == StatementKind::Terms;
}

// The snapshot itself says so: that no path is found can have other causes, and those speak against the chain.
bool not_recognised(const Question& q, const AsOfReport& answer) {
  return answer.verdict == AsOfVerdict::Invalid &&
         (answer.reason.code == Code::RecognitionSuspended || answer.reason.code == Code::ZoneNotRecognised) &&
         !recognises(q.snapshot->snapshot, q.item->statement.issuer.zone, q.at());
}

struct Judge {
  Material& material;
  const std::map<std::string, Digest>& roots;
  const PathJudge& judge;
  Findings& findings;
  Words words;
  std::vector<std::pair<Instant, Bytes>> crls;
  std::map<Digest, Ended> ended;                                         // by leaf; of the issuers alone
  std::map<Digest, Result<AsOfSnapshot>> prepared;                       // by id; each checked once
  std::map<std::pair<Digest, Digest>, std::vector<Question>> questions;  // by snapshot and leaf

  void ask_at_home(const StatementItem& item, const std::vector<Bytes>& chain) {
    const Statement& s = item.statement;
    const auto found = material.snapshots.find(s.snapshot_digest);
    if (found == material.snapshots.end()) {
      return findings.fault(Verdict::Indeterminate, "path", item.member,
                            "the snapshot " + snapshot_member(s.snapshot_digest) + " is missing");
    }
    const SnapshotItem& snapshot = found->second;
    material.unused.erase(snapshot.member);
    if (snapshot.snapshot.zone != s.issuer.zone || snapshot.snapshot.sequence != s.snapshot_seq) {
      return findings.fault(Verdict::InvalidAtExchange, "path", item.member,
                            "the snapshot that it names is not of the issuer's zone or not of that sequence");
    }
    questions[{found->first, s.issuer.cert}].push_back(
        {&item, &snapshot, &chain, "path", "under the root of its zone " + s.issuer.zone});
  }

  void ask_abroad(const StatementItem& item, const std::vector<Bytes>& chain) {
    const Statement& s = item.statement;
    const Party& other = *item.counterpart;
    const std::chrono::microseconds apart =
        std::min<std::chrono::microseconds>(s.clock.uncertainty, kSnapshotSkew) + kPeerClock;
    const Word word = words.at(other.zone, other.did, s.issuer.zone, s.time, apart);
    if (!word.newest) {
      return findings.fault(Verdict::Indeterminate, "recognition", item.member,
                            "no snapshot of the zone " + other.zone + " that was in force then is in the bundle");
    }
    questions[{word.newest->snapshot.id, s.issuer.cert}].push_back(
        {&item, word.newest, &chain, "recognition", "under the recognition of the zone " + other.zone, word.held});
  }

  // What leaves must be to a zone that the issuer's own recognises.
  void check_own_border(const StatementItem& item) {
    const Statement& s = item.statement;
    const std::string& other = item.counterpart->zone;
    const Word word = words.at(s.issuer.zone, s.issuer.did, other, s.time);
    if (!word.newest) return;  // found missing with the path at home
    const TrustSnapshot& newest = word.newest->snapshot;
    if (recognises(newest, other, s.time)) {
      return findings.pass("recognition", item.member, "the zone " + s.issuer.zone + " recognised the zone " + other);
    }
    const std::string what = fmt::format("the zone {} did not recognise the zone {} by its snapshot {} of {}",
                                         s.issuer.zone, other, newest.sequence, to_rfc3339(newest.created));
    if (word.held && recognises(word.held->snapshot, other, s.time)) {
      return findings.fault(Verdict::Contested, "recognition", item.member,
                            what + still_held(s.issuer.did, *word.held));
    }
    findings.fault(Verdict::InvalidAtExchange, "recognition", item.member, what);
  }

  static std::string still_held(const std::string& did, const SnapshotItem& held) {
    return fmt::format("; {} may still have held snapshot {}, by which it was", did, held.snapshot.sequence);
  }

  AsOfReport answer(const Question& q) {
    std::vector<Bytes> later;
    for (const auto& [issued, der] : crls) {
      if (issued > q.at()) later.push_back(der);
    }
    const TrustSnapshot& snapshot = q.snapshot->snapshot;
    const AsOfInput input{q.snapshot->signed_bytes, roots, *q.chain, Use::Statement, q.at(), snapshot.id,
                          snapshot.sequence,        later};
    if (judge) return judge(input);
    auto found = prepared.find(snapshot.id);
    if (found == prepared.end()) found = prepared.emplace(snapshot.id, AsOfSnapshot::prepare(snapshot)).first;
    if (found->second) return found->second->judge(input);
    AsOfReport refused;
    refused.verdict = AsOfVerdict::Invalid;
    refused.reason = found->second.error();
    return refused;
  }

  // The counterpart's zone did not recognise the issuer's.
  void report_unrecognised(const Question& q, const AsOfReport& refusal) {
    const std::string& member = q.item->member;
    const Statement& s = q.item->statement;
    if (!needs_recognition(s.kind)) {
      return findings.pass(
          q.group, member,
          s.issuer.did + " lets nothing leave by it and needed no recognition: " + refusal.reason.message,
          Verdict::ValidUnconfirmed);
    }
    std::string what = s.issuer.did + " " + q.under + ": " + refusal.reason.message;
    if (q.held) {
      Question older = q;
      older.snapshot = q.held;
      const AsOfReport then = answer(older);
      if (then.verdict == AsOfVerdict::Valid || then.verdict == AsOfVerdict::ValidUnconfirmed) {
        what += still_held(q.item->counterpart->did, *q.held);
        return findings.fault(Verdict::Contested, q.group, member, what);
      }
    }
    findings.fault(Verdict::InvalidAtExchange, q.group, member, what);
  }

  // A node that names an old snapshot names one that does not yet have its revocation; others of the bundle do.
  bool has_ended(const Question& q) {
    const auto found = ended.find(q.item->statement.issuer.cert);
    if (found == ended.end()) return false;
    const auto& [revoked, invalid_since, subject] = found->second;
    if (revoked && *revoked <= q.at()) {
      findings.fault(Verdict::InvalidAtExchange, q.group, q.item->member,
                     subject + " was revoked at " + to_rfc3339(*revoked) + ", says a newer list of its zone");
      return true;
    }
    if (!invalid_since || *invalid_since > q.at()) return false;
    findings.fault(
        Verdict::Contested, q.group, q.item->member,
        subject + " is said to be invalid since " + to_rfc3339(*invalid_since) + " by a newer list of its zone");
    return true;
  }

  void report(const Question& q, const AsOfReport& answer) {
    if (q.group == "recognition" && not_recognised(q, answer)) return report_unrecognised(q, answer);
    const Verdict verdict = from(answer.verdict);
    const std::string& member = q.item->member;
    const Issuer& claimed = q.item->statement.issuer;
    const bool known = verdict <= Verdict::ValidUnconfirmed || verdict == Verdict::Contested;
    if (known && (answer.identity.did != claimed.did || answer.identity.zone != claimed.zone ||
                  answer.identity.cert != claimed.cert)) {
      findings.fault(Verdict::InvalidAtExchange, q.group, member,
                     "the issuer is not the DID and zone of its certificate");
    } else if (verdict <= Verdict::ValidUnconfirmed) {
      if (q.group == "path" && has_ended(q)) return;
      findings.pass(q.group, member, claimed.did + " was valid at " + to_rfc3339(q.at()) + " " + q.under, verdict);
    } else {
      findings.fault(verdict, q.group, member, claimed.did + " " + q.under + ": " + answer.reason.message);
    }
  }

  // Under one snapshot a chain is valid over an interval: lifetimes, list and snapshot validity and recognition are
  // intervals, and revocation does not end. So a chain that is good at the first and the last instant is good between,
  // unless a list was issued meanwhile. That keeps a bundle of a thousand exchanges as quick as one.
  void answer_all(std::vector<Question>& group) {
    std::sort(group.begin(), group.end(), [](const Question& a, const Question& b) { return a.at() < b.at(); });
    const AsOfReport first = answer(group.front());
    const AsOfReport last = group.front().at() == group.back().at() ? first : answer(group.back());
    const Verdict worst = worse(from(first.verdict), from(last.verdict));
    const bool list_between = std::any_of(crls.begin(), crls.end(), [&](const auto& crl) {
      return crl.first > group.front().at() && crl.first <= group.back().at();
    });
    const AsOfReport& between = from(last.verdict) == worst ? last : first;
    for (const Question& q : group) {
      if (q.at() == group.front().at()) {
        report(q, first);
      } else if (q.at() == group.back().at()) {
        report(q, last);
      } else if (worst <= Verdict::ValidUnconfirmed && !list_between) {
        report(q, between);
      } else {
        report(q, answer(q));
      }
    }
  }

  void all() {
    for (const auto& [id, item] : material.statements) {
      const auto chain = material.chains.find(item.statement.issuer.cert);
      if (chain == material.chains.end()) continue;  // found missing with the seal
      ask_at_home(item, chain->second);
      const auto& other = item.counterpart;
      if (!other || other->foreign || other->zone == item.statement.issuer.zone) continue;
      ask_abroad(item, chain->second);
      if (lets_leave(item.statement.kind)) check_own_border(item);
    }
    for (auto& [key, group] : questions) answer_all(group);
  }
};

bool of_a_known_ca(const Material& material, const Crl& crl) {
  const auto issued_by = [&](const ZoneDescriptor& zone) {
    const auto is = [&](const Certificate& ca) {
      return ca.subject_der() == crl.issuer_der() && crl.signed_by(ca).has_value();
    };
    return is(zone.root) || is(zone.cross_ca) || std::any_of(zone.issuing_cas.begin(), zone.issuing_cas.end(), is);
  };
  for (const auto& [id, item] : material.snapshots) {
    const TrustSnapshot& snapshot = item.snapshot;
    if (issued_by(snapshot.descriptor)) return true;
    for (const ForeignZone& zone : snapshot.foreign) {
      if (issued_by(zone.descriptor)) return true;
    }
  }
  return false;
}

bool speaks_at_home(const Material& material, const Crl& crl, const Certificate& certificate) {
  const auto is = [&](const Certificate& ca) { return speaks_of(crl, certificate, ca); };
  return std::ranges::any_of(material.snapshots, [&](const auto& entry) {
    const ZoneDescriptor& zone = entry.second.snapshot.descriptor;
    return entry.second.anchored && (is(zone.root) || std::ranges::any_of(zone.issuing_cas, is));
  });
}

// Whoever sends a chain may add strangers to it, revoked ones too.
bool is_bound(std::span<const Certificate> chain, const Certificate& certificate) {
  return std::ranges::any_of(bound_part(chain),
                             [&](const Certificate& c) { return c.digest() == certificate.digest(); });
}

// By every list that anchored snapshots carry. A lookup for each chain and list; a signature only where it revokes.
std::map<Digest, Ended> ended_chains(const Material& material) {
  std::map<Digest, const Crl*> lists;
  for (const auto& [id, item] : material.snapshots) {
    if (!item.anchored) continue;
    for (const Crl& crl : item.snapshot.crls) lists.emplace(crl.digest(), &crl);
  }
  std::map<Digest, Ended> out;
  for (const auto& [leaf, chain_der] : material.chains) {
    const Result<std::vector<Certificate>> chain = parse_chain(chain_der);
    if (!chain) continue;  // found with the path
    for (const auto& [digest, crl] : lists) {
      for (const Certificate& certificate : *chain) {
        if (certificate.issuer_der() != crl->issuer_der()) continue;
        const std::optional<Revocation> found = crl->revocation(certificate);
        if (!found || !is_bound(*chain, certificate) || !speaks_at_home(material, *crl, certificate)) continue;
        Ended& ended = out[leaf];
        earlier(ended.revoked, found->at);
        if (found->invalid_since) earlier(ended.invalid_since, *found->invalid_since);
        ended.subject = certificate.subject();
      }
    }
  }
  return out;
}

}  // namespace

void check_paths(Material& material, const std::map<std::string, Digest>& roots, const PathJudge& judge,
                 Findings& findings) {
  Judge all{material, roots, judge, findings, Words(material), {}, ended_chains(material), {}, {}};
  for (const Bytes& der : material.crls) {
    const Result<Crl> crl = Crl::parse(der);
    if (!crl || !of_a_known_ca(material, *crl)) continue;  // stays unused
    material.unused.erase(crl_member(crl->digest()));
    all.crls.emplace_back(crl->this_update(), der);
  }
  all.all();
}

}  // namespace sekisho::trust::verify
