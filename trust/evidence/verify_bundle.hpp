// The offline verifier: bundle and root digests in, report out. No network, no files, no clock: every instant comes
// from what was signed. The same function decides in the node, in the command line tool and in tests.
//
// Order: archive and manifest; every member in its one spelling; seals under the certificates that the statements name;
// paths as of each statement's log time, in the issuer's zone and, across zones, under the counterpart's recognition;
// inclusion in one checkpoint of each log, signed by the log key of the NodeRecord; twins in both logs; terms,
// receipts, counters; disclosures; misconduct. A member that nothing refers to is an error. All checks run; the verdict
// is the worst finding. Pure, thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "trust/evidence/ustar.hpp"
#include "trust/evidence/verdict.hpp"
#include "trust/zone/as_of.hpp"

namespace sekisho::trust {

struct Finding {
  std::string
      group;  // archive, statement, seal, path, recognition, log, twin, terms, receipt, order, disclosure, misconduct
  std::string member;                          // the member of the bundle, where it is of one
  std::string detail;                          // one sentence
  Verdict verdict = Verdict::ValidAtExchange;  // what this finding leaves possible

  [[nodiscard]] bool ok() const { return verdict <= Verdict::ValidUnconfirmed; }
};

// One exchange as the sealed statements tell it.
struct ExchangeFacts {
  std::string exchange;
  std::string outcome;                  // "released, verified", "released, unconfirmed", "refused", "void"
  std::string provider, provider_zone;  // DIDs
  std::string recipient, recipient_zone;
  std::string agreement;  // hex; empty where none is named
  std::string dataset, purpose, media;
  std::string provider_log;   // "<origin>#<index>"
  std::string recipient_log;  // of the receipt; empty without
  Instant time;               // log time of the provider's statement
  std::optional<Instant> receipt_time;
  std::optional<std::uint64_t> bytes;
  std::string code;  // of a refusal
};

// One agreement as its parties' sealed statements tell it. A time that is missing: no such statement is in the bundle.
struct AgreementFacts {
  std::string agreement;  // hex
  std::string negotiation;
  std::string provider, provider_zone;  // DIDs
  std::string consumer, consumer_zone;
  std::optional<Instant> agreed, verified, finalized;  // by provider, consumer, provider; log times
  std::string agreed_log, verified_log, finalized_log;  // "<origin>#<index>" in the log of who stated it
  std::string document;  // what was agreed, canonical JSON (ODRL Agreement); empty where it is not disclosed
};

struct VerificationReport {
  Verdict verdict = Verdict::Malformed;
  std::vector<Finding> findings;
  std::vector<ExchangeFacts> facts;
  std::vector<AgreementFacts> agreements;
  std::string note;  // what the verdict does not yet bind
};

using PathJudge = std::function<AsOfReport(const AsOfInput&)>;

struct VerifyOptions {
  ArchiveLimits limits;
  PathJudge judge = {};  // empty: judge_as_of(), with each snapshot of the bundle checked once
};

// roots: zone → SHA-256 of its root certificate (DER), from the auditor and from nowhere else.
[[nodiscard]] VerificationReport verify_bundle(BytesView bundle, const std::map<std::string, Digest>& roots,
                                               const VerifyOptions& options = {});

}  // namespace sekisho::trust
