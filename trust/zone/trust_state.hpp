// Who may be believed, now: an immutable view of one own root and one verified snapshot. A change of trust is a new
// TrustState; holders swap a shared_ptr and judge live connections again.
//
// Thread-safe. judge() costs about 0.7 ms uncached; verdicts are cached (bounded) for equal chain, use and level as
// long as every certificate and CRL of the path stays current.
//
// Errors of load(): SnapshotInvalid, SnapshotRollback, SnapshotStale.
// Errors of judge(): ZoneNotRecognised, RecognitionSuspended, CertificateRevoked, CertificateProfile,
// CertificateInvalid, SnapshotStale.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/pki/path.hpp"
#include "trust/zone/snapshot.hpp"

namespace sekisho::trust {

struct PeerIdentity {
  std::string did, zone, dns, organization;
  Digest cert{};           // SHA-256 of the leaf
  std::string level;       // the own zone's vocabulary: "low", "substantial"
  Digest recognition{};    // id of the recognition; zero at home
  bool home = false;
  std::uint64_t snapshot_seq = 0;
  std::array<std::uint8_t, 32> statement_key{};  // the Ed25519 key of a Statement leaf; zero for TLS
};

struct LoadOptions {
  std::uint64_t min_sequence = 0;  // the highest sequence seen; a lower one is SnapshotRollback
  bool allow_one_sided = false;    // accept a recognition that only the own root signed
};

class TrustState {
 public:
  // anchor: the own zone's signed descriptor as installed, or the own root certificate (DER).
  [[nodiscard]] static Result<std::shared_ptr<const TrustState>> load(BytesView anchor, BytesView snapshot, Instant now,
                                                                      const LoadOptions& options = {});

  // The parts of a parsed snapshot against each other, without anchor and time: for asking about the past, where one
  // snapshot serves many questions. The caller has compared the root and asks in_time().
  [[nodiscard]] static Result<std::shared_ptr<const TrustState>> prepare(TrustSnapshot parsed,
                                                                         const LoadOptions& options = {});
  // SnapshotStale after its end, SnapshotInvalid before its beginning.
  [[nodiscard]] Status in_time(Instant at) const;

  // chain_der: leaf first, as the peer sent it.
  [[nodiscard]] Result<PeerIdentity> judge(std::span<const Bytes> chain_der, Use use, Instant at,
                                           Assurance needed = Assurance::Low) const;

  // Nodes of the own zone and of actively recognised zones.
  [[nodiscard]] const NodeRecord* node(std::string_view dns) const;
  [[nodiscard]] const std::string& zone() const { return snapshot_.zone; }
  [[nodiscard]] std::uint64_t sequence() const { return snapshot_.sequence; }
  [[nodiscard]] const Digest& digest() const { return snapshot_.id; }      // what statements name
  [[nodiscard]] BytesView bytes() const { return snapshot_.signed_bytes; }  // as received
  [[nodiscard]] Instant created() const { return snapshot_.created; }
  [[nodiscard]] Instant expires() const { return snapshot_.expires; }
  [[nodiscard]] RecognitionState recognition_state(std::string_view zone) const;

  // Material for evidence bundles.
  [[nodiscard]] const TrustSnapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const Digest& root_digest() const { return snapshot_.descriptor.root.digest(); }
  [[nodiscard]] const ZoneDescriptor& descriptor() const { return snapshot_.descriptor; }
  [[nodiscard]] const std::vector<Crl>& crls() const { return snapshot_.crls; }
  [[nodiscard]] const std::vector<ForeignZone>& foreign_zones() const { return snapshot_.foreign; }
  [[nodiscard]] const ForeignZone* foreign_zone(std::string_view zone) const;

 private:
  struct CacheKey {
    Digest chain{};
    Use use = Use::TlsClient;
    Assurance needed = Assurance::Low;
    bool operator==(const CacheKey&) const = default;
  };
  struct CacheKeyHash {
    std::size_t operator()(const CacheKey& key) const noexcept { return DigestHash{}(key.chain); }
  };
  struct Cached {
    PeerIdentity identity;
    Instant from, to;
  };

  TrustState() = default;
  [[nodiscard]] Result<Cached> judge_uncached(std::span<const Bytes> chain_der, Use use, Instant at,
                                              Assurance needed) const;

  TrustSnapshot snapshot_;
  PathStore store_;
  std::unordered_map<std::string, const NodeRecord*> nodes_;
  mutable std::mutex cache_mutex_;
  mutable std::unordered_map<CacheKey, Cached, CacheKeyHash> cache_;
};

}  // namespace sekisho::trust
