// Statement certificates of peers by digest, and the check of a statement that a peer sent. A chain is looked for in
// the cache, then in family Material, then asked from the peer (GET /sekisho/v1/certificates/{hex}); what was asked is
// judged under the current trust state and archived.
//
// Thread-safe. Chains are cached, verdicts are not: TrustState judges at each question, with a cache of its own.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ed25519.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/identity/local_identity.hpp"
#include "node/identity/trust_holder.hpp"
#include "node/journal/journal.hpp"
#include "node/journal/ports/storage.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/seal_cache.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

struct StatementCertificate {
  std::vector<Bytes> chain;  // DER, leaf first
  Ed25519PublicKey key;
  trust::PeerIdentity identity;  // as judged with Use::Statement
};

struct CheckedStatement {
  trust::Statement statement;
  trust::Envelope envelope;  // as received, for the _IN entry
};

// As far as clocks may differ between nodes: by so much issuers date certificates back, too (formats.md 9).
inline constexpr std::chrono::minutes kClockSkew{10};

class CertificateBook {
 public:
  // All outlive the book.
  CertificateBook(const LocalIdentity& self, const TrustHolder& trust, PeerChannel& peers, Journal& journal,
                  const Storage& storage, std::size_t entries = 1024);

  // The certificate with this digest, belonging to the node with this DNS name.
  [[nodiscard]] async::Task<Result<std::shared_ptr<const StatementCertificate>>> find(std::string dns,
                                                                                      Digest certificate,
                                                                                      async::Deadline deadline);

  // What the statements of a peer must satisfy: decodes the envelope text (base64url), wants the kind, the issuer to be
  // that peer (did, zone, log origin of its host), the certificate valid, the seal to verify. EVIDENCE_INVALID with the
  // cause else; errors that say nothing about the statement (the peer is away) pass as they are. CLOCKS_DIFFER where it
  // is dated more than kClockSkew ahead: under which snapshot and certificate it was made cannot be judged yet.
  [[nodiscard]] async::Task<Result<CheckedStatement>> check(trust::PeerIdentity peer, std::string envelope_text,
                                                            trust::StatementKind kind, async::Deadline deadline);
  // The same for an envelope that is already decoded.
  [[nodiscard]] async::Task<Result<CheckedStatement>> check_envelope(trust::PeerIdentity peer, trust::Envelope envelope,
                                                                     trust::StatementKind kind,
                                                                     async::Deadline deadline);

  // For GET /sekisho/v1/certificates/{hex}: own statement chains and archived ones as join_chain() of
  // node/journal/materials.hpp writes them. NotFound else.
  [[nodiscard]] Result<Bytes> serve(const Digest& certificate) const;

  // Puts the own chain into family Material; once at start, blocks.
  [[nodiscard]] Status archive_own();

 private:
  [[nodiscard]] Result<std::shared_ptr<const StatementCertificate>> judge(const std::string& dns,
                                                                          const Digest& certificate,
                                                                          std::vector<Bytes> chain);
  [[nodiscard]] std::shared_ptr<const StatementCertificate> cached(const std::string& dns, const Digest& certificate);
  [[nodiscard]] async::Task<Result<std::vector<Bytes>>> ask(std::string dns, Digest certificate,
                                                            async::Deadline deadline);

  const LocalIdentity& self_;
  const TrustHolder& trust_;
  PeerChannel& peers_;
  Journal& journal_;
  const Storage& storage_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<Digest> order_;
  std::unordered_map<Digest, std::shared_ptr<const StatementCertificate>, DigestHash> cache_;
  trust::SealCache seals_;
};

}  // namespace sekisho::node
