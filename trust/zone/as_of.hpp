// The question of an auditor: was this chain good at time T under that zone's root? Offline and pure: everything is
// in the arguments. The snapshot is one that a statement or receipt names; the auditor gives only root digests.
//
// Ask once with the issuer's own zone's snapshot (home path), and for a foreign recipient once more with the
// recipient's zone's snapshot (through its cross-certificate).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/error.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::trust {

// A snapshot may be from that long after an instant and still judge it: clocks differ.
inline constexpr auto kSnapshotSkew = std::chrono::minutes(10);

struct AsOfInput {
  BytesView snapshot;                       // signed bytes
  const std::map<std::string, Digest>& roots;  // zone → SHA-256 of its root certificate, from the auditor
  std::span<const Bytes> chain_der;         // leaf first
  Use use = Use::Statement;
  Instant at;
  std::optional<Digest> snapshot_digest;    // as the statement names it; another one is Invalid
  std::optional<std::uint64_t> snapshot_seq;
  std::span<const Bytes> later_crls;        // confirming lists, thisUpdate after T; may be empty
};

enum class AsOfVerdict : std::uint8_t { Valid, ValidUnconfirmed, Contested, Invalid, Indeterminate };
[[nodiscard]] std::string_view name_of(AsOfVerdict verdict);  // "VALID_AT_EXCHANGE", …

struct AsOfReport {
  AsOfVerdict verdict = AsOfVerdict::Indeterminate;
  Error reason;           // of everything but Valid: code and the failing rule or missing item
  PeerIdentity identity;  // set for Valid, ValidUnconfirmed and Contested
  std::string zone;       // of the snapshot
  std::uint64_t snapshot_seq = 0;
  Digest snapshot{};
};

// One snapshot, parsed and checked once, for many questions; a chain that was asked before costs microseconds.
// Immutable, thread-safe, cheap to copy.
class AsOfSnapshot {
 public:
  // SnapshotInvalid; the reason is what judge_as_of() would report as Invalid.
  [[nodiscard]] static Result<AsOfSnapshot> prepare(BytesView signed_snapshot);
  // Of one that TrustSnapshot::parse() returned, with its signature checked there.
  [[nodiscard]] static Result<AsOfSnapshot> prepare(TrustSnapshot parsed);

  [[nodiscard]] const TrustSnapshot& snapshot() const { return state_->snapshot(); }
  // input.snapshot is not looked at.
  [[nodiscard]] AsOfReport judge(const AsOfInput& input) const;

 private:
  std::shared_ptr<const TrustState> state_;
};

// Prepares and judges. Invalid: signature, path, recognition not active at T, revoked at or before T, root not the auditor's.
// Indeterminate: no root digest given for the zone, or no CRL or snapshot covers T.
[[nodiscard]] AsOfReport judge_as_of(const AsOfInput& input);

}  // namespace sekisho::trust
