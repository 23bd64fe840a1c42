#include "trust/zone/enrolment.hpp"

#include <fmt/format.h>

#include "trust/pki/profile.hpp"
#include "trust/zone/node_record.hpp"
#include "trust/zone/proto_io.hpp"
#include "trust/zone/signed_object.hpp"

namespace sekisho::trust {

namespace {

Status check_particulars(const NodeParticulars& node) {
  if (!is_dns_name(node.dns)) return fail(Code::InvalidArgument, "not a plain DNS name: " + node.dns);
  if (node.organization.empty() || node.organization.size() > 64) {
    return fail(Code::InvalidArgument, "an organization's name has 1 to 64 octets");
  }
  if (!node.foreign_name.empty() && !is_dns_name(node.foreign_name)) {
    return fail(Code::InvalidArgument, "not a plain DNS name: " + node.foreign_name);
  }
  auto address = parse_peer_address(node.address);
  if (!address) return fail(address.error());
  return {};
}

}  // namespace

Result<NodeKeys> NodeKeys::generate() {
  NodeKeys keys;
  for (const auto& [key, kind] : {std::pair(&keys.tls, KeyKind::P256), std::pair(&keys.statement, KeyKind::Ed25519),
                                  std::pair(&keys.log, KeyKind::Ed25519), std::pair(&keys.token, KeyKind::P256)}) {
    Result<PrivateKey> made = PrivateKey::generate(kind);
    if (!made) return fail(made.error());
    *key = std::move(*made);
  }
  return keys;
}

Result<Bytes> make_request(const NodeParticulars& node, const NodeKeys& keys, Instant now) {
  if (Status s = check_particulars(node); !s) return fail(s.error());
  pb::NodeRequest m;
  m.set_version(1);
  m.set_dns(node.dns);
  m.set_organization(node.organization);
  m.set_address(node.address);
  m.set_tls_key(field_of(keys.tls.public_key().spki()));
  m.set_statement_key(field_of(keys.statement.public_key().spki()));
  m.set_log_key(field_of(keys.log.public_key().spki()));
  m.set_created_us(us_of(now));
  m.set_foreign_name(node.foreign_name);
  SignedObject object{to_bytes(m.SerializeAsString()), {}};
  for (const PrivateKey* key : {&keys.tls, &keys.statement, &keys.log}) {
    if (Status s = add_signature(ObjectKind::Enrolment, object, *key); !s) return fail(s.error());
  }
  return encode_signed(object);
}

Result<NodeRequest> NodeRequest::parse(BytesView signed_bytes) {
  Result<SignedObject> object = parse_signed(signed_bytes);
  if (!object) return fail(object.error());
  Result<pb::NodeRequest> message = parse_exact<pb::NodeRequest>(object->body, "a node's request");
  if (!message) return fail(message.error());
  const pb::NodeRequest& m = *message;
  if (m.version() != 1) return fail(Code::SchemaNewer, fmt::format("a node's request of version {}", m.version()));
  NodeRequest out;
  out.dns = m.dns();
  out.organization = m.organization();
  out.address = m.address();
  out.foreign_name = m.foreign_name();
  out.created = instant_of_us(m.created_us());
  out.id = object->id();
  if (Status s = check_particulars({out.dns, out.organization, out.address, out.foreign_name}); !s) return fail(s.error());
  for (const auto& [key, spki, kind] : {std::tuple(&out.tls_key, &m.tls_key(), KeyKind::P256),
                                        std::tuple(&out.statement_key, &m.statement_key(), KeyKind::Ed25519),
                                        std::tuple(&out.log_key, &m.log_key(), KeyKind::Ed25519)}) {
    Result<PublicKey> read = PublicKey::from_spki(as_bytes(*spki));
    if (!read) return fail(read.error());
    if (read->kind() != kind) return fail(Code::KeyFile, "a key of the request is of another kind");
    *key = std::move(*read);
    if (Status s = verify_signature(ObjectKind::Enrolment, *object, *key); !s) {
      return fail(Code::SignatureInvalid, "the request of " + out.dns + " does not prove all its keys", s.error());
    }
  }
  if (out.statement_key.digest() == out.log_key.digest()) {
    return fail(Code::InvalidArgument, "the statement key and the log key must differ");
  }
  return out;
}

Bytes NodeCertificates::encode() const {
  pb::NodeCertificates m;
  m.set_tls_certificate(field_of(tls.der()));
  m.set_statement_certificate(field_of(statement.der()));
  m.set_issuing_ca_certificate(field_of(issuing_ca.der()));
  m.set_zone_descriptor(field_of(descriptor));
  return to_bytes(m.SerializeAsString());
}

Result<NodeCertificates> NodeCertificates::parse(BytesView bytes) {
  Result<pb::NodeCertificates> m = parse_exact<pb::NodeCertificates>(bytes, "a node's certificates");
  if (!m) return fail(m.error());
  NodeCertificates out;
  for (const auto& [certificate, der] : {std::pair(&out.tls, &m->tls_certificate()),
                                         std::pair(&out.statement, &m->statement_certificate()),
                                         std::pair(&out.issuing_ca, &m->issuing_ca_certificate())}) {
    Result<Certificate> c = Certificate::parse(as_bytes(*der));
    if (!c) return fail(c.error());
    *certificate = std::move(*c);
  }
  out.descriptor = to_bytes(m->zone_descriptor());
  Result<ZoneDescriptor> zone = ZoneDescriptor::parse(out.descriptor);
  if (!zone) return fail(zone.error());
  const bool known = std::ranges::any_of(zone->issuing_cas, [&](const Certificate& ca) { return ca.digest() == out.issuing_ca.digest(); });
  if (!known) return fail(Code::CertificateInvalid, "the issuing CA is not in the zone's descriptor");
  for (const auto& [leaf, use] : {std::pair(&out.tls, Use::TlsServer), std::pair(&out.statement, Use::Statement)}) {
    if (Status s = check_issued(*leaf, out.issuing_ca); !s) return fail(s.error());
    Result<LeafNames> names = check_leaf(*leaf, use);
    if (!names) return fail(names.error());
    if (Status s = check_namespace(*leaf, zone->space); !s) return fail(s.error());
  }
  if (out.tls.dns_names() != out.statement.dns_names()) return fail(Code::CertificateInvalid, "the two certificates name two nodes");
  return out;
}

Status match(const NodeCertificates& certificates, const NodeKeys& keys) {
  if (certificates.tls.key_digest() != keys.tls.public_key().digest() ||
      certificates.statement.key_digest() != keys.statement.public_key().digest()) {
    return fail(Code::CertificateInvalid, "the certificates are for other keys than those of this folder");
  }
  return {};
}

}  // namespace sekisho::trust
