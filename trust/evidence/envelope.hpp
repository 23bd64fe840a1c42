// A statement with its seal in its three spellings: Protobuf bytes (stored, in bundles), base64url of those (the
// header Sekisho-Statement), DSSE JSON (for other tools).
//
// Decoders are strict: one value has one spelling; a re-encoding that differs is refused. The seal's shape is checked,
// its signature is not. Errors: Code::ProtobufFormat, Code::Encoding, Code::JsonShape, Code::LimitExceeded. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "schemas/evidence.pb.h"
#include "trust/evidence/seal.hpp"

namespace sekisho::trust {

inline constexpr std::size_t kMaxStatementHeader = 4096;  // characters of Sekisho-Statement

struct Envelope {
  std::string payload;
  Seal seal;
  bool operator==(const Envelope&) const = default;
};

void seal_to_pb(const Seal& seal, bool with_path, pb::Seal& out);
// An own entry keeps no path (with_path false): then the message must have none.
[[nodiscard]] Result<Seal> seal_from_pb(const pb::Seal& seal, bool with_path);

[[nodiscard]] Bytes encode_envelope(const Envelope& envelope);
[[nodiscard]] Result<Envelope> decode_envelope(BytesView bytes);

// Code::LimitExceeded when it would not fit the header: then the evidence goes by reference.
[[nodiscard]] Result<std::string> envelope_header(const Envelope& envelope);
[[nodiscard]] Result<Envelope> envelope_from_header(std::string_view text);

// {"payload","payloadType","signatures":[{"keyid","sig"}]}. sig is the signature for a batch of one; otherwise the
// Protobuf Seal. keyid is SHA-256 of the public key, a hint that no verifier relies on.
[[nodiscard]] std::string envelope_to_dsse(const Envelope& envelope, const Ed25519PublicKey& key);
[[nodiscard]] Result<Envelope> envelope_from_dsse(std::string_view json);

}  // namespace sekisho::trust
