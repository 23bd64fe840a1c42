// What a zone says about itself, signed by its root. parse() verifies: the root is a self-signed P-384 CA, the
// signature is the root's, cross-CA (path length 2) and issuing CAs (0) are signed by the root, names are in form.
// Errors: ProtobufFormat, SignatureInvalid, CertificateProfile, CertificateInvalid.
#pragma once

#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/pki/certificate.hpp"
#include "trust/pki/names.hpp"
#include "trust/pki/profile.hpp"

namespace sekisho::trust {

struct ZonePolicy {
  std::string oid;
  std::string use;  // "tls", "statement"
  Assurance level = Assurance::Low;
  std::string meaning;
};

struct ZoneDescriptor {
  std::string zone;
  Certificate root;
  Digest next_root_key{};
  Certificate cross_ca;
  std::vector<Certificate> issuing_cas;
  Namespace space;
  std::vector<std::string> did_hosts;
  std::vector<ZonePolicy> policies;
  PublicKey status_key;
  std::uint64_t sequence = 0;
  Instant valid_from, valid_to;

  Digest id{};         // SHA-256 of the body
  Bytes signed_bytes;  // as received

  [[nodiscard]] static Result<ZoneDescriptor> parse(BytesView signed_bytes);
};

// Code::Conflict where a CA of one zone has the name of a CA of the other: a revocation list is found by that name.
[[nodiscard]] Status check_distinct_cas(const ZoneDescriptor& a, const ZoneDescriptor& b);

// Encodes and signs; id and signed_bytes of the argument are ignored. The result parses.
[[nodiscard]] Result<Bytes> sign_descriptor(const ZoneDescriptor& descriptor, const PrivateKey& root_key);

}  // namespace sekisho::trust
