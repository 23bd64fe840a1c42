// The trust service of one zone as a value: its keys, its books, and every act of the ceremony (trust reference 6.4
// steps 1–4, 6, 9, 11). No files and no clock of its own; `sekisho zone …` loads it, acts, and saves it.
//
// Each act that changes something adds one line to events(). Not thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/zone/descriptor.hpp"
#include "trust/zone/enrolment.hpp"
#include "trust/zone/recognition.hpp"
#include "trust/zone/snapshot.hpp"

namespace sekisho::pb {
class AuthorityBook;
class PeerBook;
}  // namespace sekisho::pb

namespace sekisho::trust {

struct AuthorityKeys {
  PrivateKey root, next_root, cross_ca, issuing_ca;  // P-384
  PrivateKey status;                                 // Ed25519
};

struct ZoneProfile {
  std::string zone, country;
  std::vector<std::string> dns_suffixes;
  int root_days = 3650, ca_days = 1825, leaf_days = 90;
};

struct SnapshotTimes {
  std::chrono::seconds snapshot_validity{24 * 3600};
  std::chrono::seconds crl_validity{24 * 3600};
  std::chrono::seconds root_crl_validity{30 * 24 * 3600};
};

class Authority {
 public:
  [[nodiscard]] static Result<Authority> create(const ZoneProfile& profile, Instant now);
  // The books as saved; keys are checked against the descriptor.
  [[nodiscard]] static Result<Authority> restore(AuthorityKeys keys, BytesView book);
  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

  [[nodiscard]] const AuthorityKeys& keys() const { return keys_; }
  [[nodiscard]] const ZoneDescriptor& descriptor() const { return descriptor_; }
  [[nodiscard]] Bytes book() const;
  // Trust events since the last call: {time, event, zone, subject digest, reason …}.
  [[nodiscard]] std::vector<JsonObject> take_events();

  // Step 1: keeps the peer's descriptor; its root's SHA-256 must be what the officers compared.
  [[nodiscard]] Status trust_peer(BytesView descriptor, const Digest& root_fingerprint, Instant now);
  [[nodiscard]] Result<ZoneDescriptor> trusted_descriptor(std::string_view zone) const;
  // Step 2: the canonical recognition with an already trusted peer, unsigned.
  [[nodiscard]] Result<SignedObject> propose(std::string_view peer, const RecognitionTerms& terms) const;
  // Step 3: signs only what this zone would itself propose with those terms, byte for byte.
  [[nodiscard]] Result<SignedObject> sign(const SignedObject& recognition, Instant now);
  // Step 4. The challenge for the peer's root (nonce: 32 fresh octets); the answer to a peer's challenge; checking the
  // peer's answer. A nonce is good for one check.
  [[nodiscard]] Result<Bytes> challenge(const Recognition& recognition, BytesView nonce);
  [[nodiscard]] Result<SignedObject> prove(BytesView challenge) const;
  [[nodiscard]] Status check_proof(const SignedObject& proof, Instant now);
  // Step 6 and 9: issues the one active cross-certificate (an older one is revoked as superseded) and makes the
  // recognition active from the next snapshot on. Both roots must have signed, and the peer have proven its key.
  [[nodiscard]] Result<Certificate> certify(const SignedObject& recognition, Instant now);
  // The certified side: the certificate that the peer issued for this root is within the recognition.
  [[nodiscard]] Status lint(const Certificate& received, const Recognition& recognition, Instant now) const;
  // Step 11. Suspended: out of the next snapshot's active set; withdrawn: revoked too, for good.
  [[nodiscard]] Status suspend(std::string_view peer, std::string reason, Instant now);
  [[nodiscard]] Status resume(std::string_view peer, std::string reason, Instant now);
  [[nodiscard]] Status withdraw(std::string_view peer, std::string reason, Instant now);

  // CRLs and node records of the peer: its snapshot must be signed under the trusted descriptor, must not go back.
  [[nodiscard]] Status import_peer_snapshot(BytesView snapshot, Instant now);
  [[nodiscard]] Result<NodeCertificates> enroll(const NodeRequest& request, Assurance level, Instant now);
  [[nodiscard]] Status revoke(const Certificate& certificate, int reason, std::optional<Instant> invalid_since,
                              Instant now);
  // New CRLs and the next snapshot.
  [[nodiscard]] Result<Bytes> publish(Instant now, const SnapshotTimes& times = {});

 private:
  Authority();
  void note(Instant now, std::string_view event, std::string_view subject, BytesView digest,
            std::string_view reason = {});
  [[nodiscard]] Result<pb::PeerBook*> peer(std::string_view zone) const;
  [[nodiscard]] Status own_proposal(const Recognition& recognition, const ZoneDescriptor& other, Instant now) const;
  [[nodiscard]] Status change_state(std::string_view peer, RecognitionState to, std::string reason, Instant now);
  [[nodiscard]] Result<TrustSnapshot> next_snapshot(Instant now, const SnapshotTimes& times) const;
  AuthorityKeys keys_;
  ZoneDescriptor descriptor_;
  std::unique_ptr<pb::AuthorityBook> book_;
  std::vector<JsonObject> events_;
};

}  // namespace sekisho::trust
