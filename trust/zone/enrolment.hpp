// A node's request to its zone and the zone's answer. The request is signed by each of its three keys (proof of
// possession); the answer's parts verify by themselves against the keys and the zone's descriptor.
#pragma once

#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/pki/certificate.hpp"
#include "trust/zone/descriptor.hpp"

namespace sekisho::trust {

struct NodeKeys {
  PrivateKey tls;        // P-256, peer listener
  PrivateKey statement;  // Ed25519
  PrivateKey log;        // Ed25519
  PrivateKey token;      // P-256, ES256; its public half stands in the DID document
  [[nodiscard]] static Result<NodeKeys> generate();
};

struct NodeRequest {
  std::string dns, organization;
  std::string address;  // ip:port
  std::string foreign_name;
  PublicKey tls_key, statement_key, log_key;
  Instant created;
  Digest id{};

  // Verifies shape, names and all three signatures.
  [[nodiscard]] static Result<NodeRequest> parse(BytesView signed_bytes);
};

struct NodeParticulars {
  std::string dns, organization, address, foreign_name;
};
[[nodiscard]] Result<Bytes> make_request(const NodeParticulars& node, const NodeKeys& keys, Instant now);

struct NodeCertificates {
  Certificate tls, statement, issuing_ca;
  Bytes descriptor;  // signed

  [[nodiscard]] std::vector<Bytes> tls_chain() const { return {tls.der(), issuing_ca.der()}; }
  [[nodiscard]] std::vector<Bytes> statement_chain() const { return {statement.der(), issuing_ca.der()}; }
  [[nodiscard]] Bytes encode() const;
  // Checks profile, issuer and descriptor against each other.
  [[nodiscard]] static Result<NodeCertificates> parse(BytesView bytes);
};
// CertificateInvalid unless the certificates are for these keys.
[[nodiscard]] Status match(const NodeCertificates& certificates, const NodeKeys& keys);

}  // namespace sekisho::trust
