// An evidence bundle: everything an auditor needs beside the root digests, in one file (formats.md 10).
//
// A sorted ustar archive. Digests in names are lower-case hex of SHA-256. Members:
//
//   manifest.json                        {"members":[{"name","bytes","sha256"}, …]} of all others, in their order; not
//   signed statements/<statement id>            Envelope (Protobuf), with the whole seal path chains/<digest of the
//   leaf>          certificates in DER, leaf first, root left out, each after its be32 length crls/<digest> CRLs in
//   DER, issued after the exchange, to confirm it (may be none) recognition/descriptor-<object id>   zone descriptors
//   and recognition/recognition-<object id>  recognitions, Signed bytes; the snapshots carry them too, so these are
//   optional snapshots/<object id>                trust snapshots, Signed bytes, named by statements or added log/<digest of
//   the origin>/checkpoint       the signed note, one for each log log/<digest of the origin>/proofs/<index>   C2SP
//   tlog-proof to that very checkpoint; extra is the entry disclosures/<statement id>           {"statement","salt"
//   (hex)[,"data" (base64)]} of a release; erasable. Of an
//   agreement: the document as canonical JSON, whose SHA-256 the statement names; it needs no salt (zeros)
//
// A member that nothing refers to makes the bundle invalid. Errors: Code::BundleFormat, Code::LimitExceeded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/ustar.hpp"
#include "trust/log/proof.hpp"

namespace sekisho::trust {

inline constexpr std::string_view kManifestMember = "manifest.json";

[[nodiscard]] std::string statement_member(const Digest& id);
[[nodiscard]] std::string chain_member(const Digest& leaf);
[[nodiscard]] std::string crl_member(const Digest& crl);
[[nodiscard]] std::string descriptor_member(const Digest& object_id);
[[nodiscard]] std::string recognition_member(const Digest& object_id);
[[nodiscard]] std::string snapshot_member(const Digest& object_id);
[[nodiscard]] std::string log_folder(std::string_view origin);  // "log/<hex>/"
[[nodiscard]] std::string disclosure_member(const Digest& statement);

// be32 length and DER of each certificate; the same spelling as GET /sekisho/v1/certificates/{digest}.
[[nodiscard]] Bytes encode_chain(std::span<const Bytes> chain_der);
[[nodiscard]] Result<std::vector<Bytes>> decode_chain(BytesView bytes);  // 1 … 8 certificates

struct Disclosure {
  Digest statement{};
  Digest salt{};
  std::optional<Bytes> data;
};
[[nodiscard]] std::string format_disclosure(const Disclosure& disclosure);
[[nodiscard]] Result<Disclosure> parse_disclosure(std::string_view text);

// Collects members; adding the same member with the same content again is no error, with another it is.
class BundleWriter {
 public:
  [[nodiscard]] Status add(std::string name, Bytes content);
  [[nodiscard]] Status add_statement(const Envelope& envelope);
  [[nodiscard]] Status add_chain(std::span<const Bytes> chain_der);
  [[nodiscard]] Status add_snapshot(const Digest& object_id, BytesView signed_bytes);
  // All proofs of one origin must carry the same checkpoint. proof.extra must be the entry.
  [[nodiscard]] Status add_proof(std::string_view origin, const LogProof& proof);
  [[nodiscard]] Status add_disclosure(const Disclosure& disclosure);

  [[nodiscard]] Result<Bytes> finish() const;  // with the manifest

 private:
  ArchiveMembers members_;
};

// One bundle out of what several nodes contributed about the same exchanges. A member that two of them have must be
// the same in both; of two disclosures of a statement with one salt, the one with data stays.
[[nodiscard]] Result<Bytes> merge_bundles(std::span<const Bytes> bundles, const ArchiveLimits& limits = {});

// The members without the manifest, which must fit exactly. Views into the bundle's octets.
[[nodiscard]] Result<ArchiveView> read_bundle(BytesView bundle, const ArchiveLimits& limits = {});

}  // namespace sekisho::trust
