// Signatures over the exact bytes of zone objects. Each kind signs under its own context string, so that a signature
// of one kind is never one of another. The id of an object is the SHA-256 of its body, signatures excluded.
// Errors: ProtobufFormat, SignatureInvalid, LimitExceeded.
#pragma once

#include <cstdint>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/keys/private_key.hpp"

namespace sekisho::trust {

enum class ObjectKind : std::uint8_t { Descriptor, Recognition, Snapshot, Possession, Enrolment };

struct ObjectSignature {
  Digest key{};  // SHA-256 of the signer's SPKI
  Bytes signature;
};

struct SignedObject {
  Bytes body;
  std::vector<ObjectSignature> signatures;  // at most 8
  [[nodiscard]] Digest id() const;
};

inline constexpr std::size_t kMaxSignedBytes = 8U << 20;

[[nodiscard]] Result<SignedObject> parse_signed(BytesView bytes);
[[nodiscard]] Bytes encode_signed(const SignedObject& object);
// Replaces a signature of the same key.
[[nodiscard]] Status add_signature(ObjectKind kind, SignedObject& object, const PrivateKey& key);
[[nodiscard]] Status verify_signature(ObjectKind kind, const SignedObject& object, const PublicKey& key);
// The id of an object from its signed bytes: how statements and bundles name a snapshot.
[[nodiscard]] Result<Digest> object_id(BytesView signed_bytes);
// Joins the signatures of two files of one body; Conflict when the bodies differ.
[[nodiscard]] Result<SignedObject> merge(const SignedObject& a, const SignedObject& b);

}  // namespace sekisho::trust
