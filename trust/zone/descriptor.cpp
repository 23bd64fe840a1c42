#include "trust/zone/descriptor.hpp"

#include <fmt/format.h>

#include "trust/zone/proto_io.hpp"
#include "trust/zone/signed_object.hpp"

namespace sekisho::trust {

namespace {

constexpr int kMaxList = 16;

bool is_country(std::string_view c) {
  return c.size() == 2 && std::ranges::all_of(c, [](char x) { return x >= 'A' && x <= 'Z'; });
}

Status check_names(const ZoneDescriptor& d) {
  if (!is_zone_id(d.zone)) return fail(Code::InvalidArgument, "a zone id is 1 to 8 lower-case letters, digits or '-'");
  if (d.space.dns_suffixes.empty() || !std::ranges::all_of(d.space.dns_suffixes, is_dns_name)) {
    return fail(Code::InvalidArgument, "a zone needs DNS suffixes, each a plain DNS name");
  }
  if (d.space.countries.empty() || !std::ranges::all_of(d.space.countries, is_country)) {
    return fail(Code::InvalidArgument, "a zone needs countries, each two capital letters");
  }
  for (const std::string& host : d.did_hosts) {
    const bool inside =
        std::ranges::any_of(d.space.dns_suffixes, [&](const auto& s) { return within_suffix(host, s); });
    if (!is_dns_name(host) || !inside) return fail(Code::InvalidArgument, "a DID host outside the zone: " + host);
  }
  for (const ZonePolicy& p : d.policies) {
    const bool known = (p.use == "tls" && p.oid == policy_oid(d.zone, Use::TlsServer, p.level)) ||
                       (p.use == "statement" && p.oid == policy_oid(d.zone, Use::Statement, p.level));
    if (!known) return fail(Code::InvalidArgument, "a policy that is not of the zone's own arc: " + p.oid);
  }
  if (d.valid_from >= d.valid_to) return fail(Code::InvalidArgument, "a validity that ends before it begins");
  if (d.status_key.native() == nullptr || d.status_key.kind() != KeyKind::Ed25519) {
    return fail(Code::InvalidArgument, "the status key must be Ed25519");
  }
  return {};
}

Status check_certificates(const ZoneDescriptor& d) {
  if (Status s = check_root(d.root); !s) return s;
  if (Status s = check_ca(d.cross_ca, d.root, 2); !s) return s;
  if (d.issuing_cas.empty()) return fail(Code::CertificateProfile, "a zone needs an issuing CA");
  for (const Certificate& ca : d.issuing_cas) {
    if (Status s = check_ca(ca, d.root, 0); !s) return s;
  }
  return {};
}

Result<ZoneDescriptor> read(const pb::ZoneDescriptor& m) {
  if (m.version() != 1) return fail(Code::SchemaNewer, fmt::format("a zone descriptor of version {}", m.version()));
  if (m.issuing_ca_certificates_size() > kMaxList || m.dns_suffixes_size() > kMaxList || m.policies_size() > kMaxList ||
      m.countries_size() > kMaxList || m.did_hosts_size() > kMaxList) {
    return fail(Code::LimitExceeded, "a zone descriptor with a list of more than 16");
  }
  ZoneDescriptor d;
  d.zone = m.zone();
  Result<Certificate> root = Certificate::parse(as_bytes(m.root_certificate()));
  if (!root) return fail(root.error());
  Result<Certificate> cross = Certificate::parse(as_bytes(m.cross_ca_certificate()));
  if (!cross) return fail(cross.error());
  Result<Digest> next = digest_of(m.next_root_key(), "the next root key");
  if (!next) return fail(next.error());
  Result<PublicKey> status = PublicKey::from_spki(as_bytes(m.status_key()));
  if (!status) return fail(Code::ProtobufFormat, "the status key", status.error());
  d.root = std::move(*root);
  d.cross_ca = std::move(*cross);
  d.next_root_key = *next;
  d.status_key = std::move(*status);
  for (const std::string& der : m.issuing_ca_certificates()) {
    Result<Certificate> ca = Certificate::parse(as_bytes(der));
    if (!ca) return fail(ca.error());
    d.issuing_cas.push_back(std::move(*ca));
  }
  d.space = {strings_of(m.dns_suffixes()), strings_of(m.countries())};
  d.did_hosts = strings_of(m.did_hosts());
  for (const pb::PolicyEntry& p : m.policies()) {
    Result<Assurance> level = assurance_from_text(p.level());
    if (!level) return fail(level.error());
    d.policies.push_back({p.oid(), p.use(), *level, p.meaning()});
  }
  d.sequence = m.sequence();
  d.valid_from = instant_of_us(m.valid_from_us());
  d.valid_to = instant_of_us(m.valid_to_us());
  return d;
}

}  // namespace

Result<ZoneDescriptor> ZoneDescriptor::parse(BytesView signed_bytes) {
  Result<SignedObject> object = parse_signed(signed_bytes);
  if (!object) return fail(object.error());
  Result<pb::ZoneDescriptor> message = parse_exact<pb::ZoneDescriptor>(object->body, "a zone descriptor");
  if (!message) return fail(message.error());
  Result<ZoneDescriptor> d = read(*message);
  if (!d) return d;
  if (Status s = check_names(*d); !s) return fail(Code::ProtobufFormat, "a zone descriptor out of form", s.error());
  if (Status s = check_certificates(*d); !s) return fail(s.error());
  Result<PublicKey> root_key = PublicKey::from_spki(d->root.spki());
  if (!root_key) return fail(root_key.error());
  if (Status s = verify_signature(ObjectKind::Descriptor, *object, *root_key); !s) {
    return fail(Code::SignatureInvalid, "the descriptor of zone " + d->zone + " is not signed by its root", s.error());
  }
  d->id = object->id();
  d->signed_bytes = sekisho::to_bytes(signed_bytes);
  return d;
}

Status check_distinct_cas(const ZoneDescriptor& a, const ZoneDescriptor& b) {
  const auto cas_of = [](const ZoneDescriptor& d) {
    std::vector<Certificate> out = d.issuing_cas;
    out.push_back(d.root);
    out.push_back(d.cross_ca);
    return out;
  };
  const std::vector<Certificate> theirs = cas_of(b);
  for (const Certificate& ca : cas_of(a)) {
    if (std::ranges::none_of(theirs, [&](const Certificate& o) { return o.subject_der() == ca.subject_der(); }))
      continue;
    return fail(Code::Conflict, fmt::format("zones {} and {} both have a CA named {}", a.zone, b.zone, ca.subject()));
  }
  return {};
}

Result<Bytes> sign_descriptor(const ZoneDescriptor& d, const PrivateKey& root_key) {
  if (Status s = check_names(d); !s) return fail(s.error());
  pb::ZoneDescriptor m;
  m.set_version(1);
  m.set_zone(d.zone);
  m.set_root_certificate(field_of(d.root.der()));
  m.set_next_root_key(field_of(d.next_root_key));
  m.set_cross_ca_certificate(field_of(d.cross_ca.der()));
  for (const Certificate& ca : d.issuing_cas) m.add_issuing_ca_certificates(field_of(ca.der()));
  for (const std::string& s : d.space.dns_suffixes) m.add_dns_suffixes(s);
  for (const std::string& c : d.space.countries) m.add_countries(c);
  for (const std::string& h : d.did_hosts) m.add_did_hosts(h);
  for (const ZonePolicy& p : d.policies) {
    pb::PolicyEntry* out = m.add_policies();
    out->set_oid(p.oid);
    out->set_use(p.use);
    out->set_level(std::string(name_of(p.level)));
    out->set_meaning(p.meaning);
  }
  m.set_status_key(field_of(d.status_key.spki()));
  m.set_sequence(d.sequence);
  m.set_valid_from_us(us_of(d.valid_from));
  m.set_valid_to_us(us_of(d.valid_to));
  SignedObject object{sekisho::to_bytes(m.SerializeAsString()), {}};
  if (Status s = add_signature(ObjectKind::Descriptor, object, root_key); !s) return fail(s.error());
  Bytes out = encode_signed(object);
  if (Result<ZoneDescriptor> back = ZoneDescriptor::parse(out); !back) return fail(back.error());
  return out;
}

}  // namespace sekisho::trust
