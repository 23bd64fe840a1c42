#include "trust/zone/recognition.hpp"

#include <fmt/format.h>

#include "trust/zone/proto_io.hpp"

namespace sekisho::trust {

namespace {

constexpr int kMaxList = 64;

void write_party(const ZoneDescriptor& d, pb::Party& out) {
  out.set_zone(d.zone);
  out.set_descriptor_digest(field_of(d.id));
  out.set_root(field_of(d.root.digest()));
  for (const std::string& s : d.space.dns_suffixes) out.add_dns_suffixes(s);
  for (const std::string& c : d.space.countries) out.add_countries(c);
}

Result<RecognitionParty> read_party(const pb::Party& m) {
  Result<Digest> descriptor = digest_of(m.descriptor_digest(), "a party's descriptor");
  if (!descriptor) return fail(descriptor.error());
  Result<Digest> root = digest_of(m.root(), "a party's root");
  if (!root) return fail(root.error());
  if (!is_zone_id(m.zone()) || m.dns_suffixes_size() > kMaxList || m.countries_size() > kMaxList) {
    return fail(Code::ProtobufFormat, "a party of a recognition out of form");
  }
  return RecognitionParty{m.zone(), *descriptor, *root, {strings_of(m.dns_suffixes()), strings_of(m.countries())}};
}

Status check_terms(const RecognitionTerms& t) {
  if (t.valid_from >= t.valid_to) return fail(Code::InvalidArgument, "a recognition that ends before it begins");
  if (t.max_status_age_s < 60 || t.max_status_age_s > 30 * 24 * 3600) {
    return fail(Code::InvalidArgument, "the greatest status age must be between a minute and 30 days");
  }
  if (t.max_cross_certificate_days < 1 || t.max_cross_certificate_days > 366) {
    return fail(Code::InvalidArgument, "a cross-certificate lives between 1 and 366 days");
  }
  return {};
}

}  // namespace

Result<Bytes> recognition_body(const ZoneDescriptor& x, const ZoneDescriptor& y, const RecognitionTerms& terms) {
  if (x.zone == y.zone) return fail(Code::InvalidArgument, "a zone does not recognise itself");
  if (Status s = check_terms(terms); !s) return fail(s.error());
  const ZoneDescriptor& a = x.zone < y.zone ? x : y;
  const ZoneDescriptor& b = x.zone < y.zone ? y : x;
  pb::Recognition m;
  m.set_version(1);
  write_party(a, *m.mutable_a());
  write_party(b, *m.mutable_b());
  for (const ZonePolicy& p : a.policies) {
    const auto q = std::ranges::find_if(b.policies, [&](const ZonePolicy& o) { return o.use == p.use && o.level == p.level; });
    if (q == b.policies.end()) continue;
    pb::LevelPair* pair = m.add_levels();
    pair->set_a_oid(p.oid);
    pair->set_b_oid(q->oid);
  }
  if (m.levels_size() == 0) return fail(Code::InvalidArgument, "the two zones have no level in common");
  m.set_path_length(1);
  m.set_max_status_age_s(terms.max_status_age_s);
  m.set_max_cross_certificate_days(terms.max_cross_certificate_days);
  m.set_valid_from_us(us_of(terms.valid_from));
  m.set_valid_to_us(us_of(terms.valid_to));
  for (const std::string& p : terms.purposes) m.add_purposes(p);
  for (const std::string& c : terms.data_categories) m.add_data_categories(c);
  m.set_legal_basis(terms.legal_basis);
  return sekisho::to_bytes(m.SerializeAsString());
}

Result<Recognition> Recognition::parse(BytesView signed_bytes) {
  Result<SignedObject> object = parse_signed(signed_bytes);
  if (!object) return fail(object.error());
  Result<pb::Recognition> message = parse_exact<pb::Recognition>(object->body, "a recognition");
  if (!message) return fail(message.error());
  const pb::Recognition& m = *message;
  if (m.version() != 1) return fail(Code::SchemaNewer, fmt::format("a recognition of version {}", m.version()));
  Result<RecognitionParty> a = read_party(m.a());
  if (!a) return fail(a.error());
  Result<RecognitionParty> b = read_party(m.b());
  if (!b) return fail(b.error());
  if (a->zone >= b->zone) return fail(Code::ProtobufFormat, "the parties of a recognition are not in order");
  if (m.levels_size() < 1 || m.levels_size() > 8 || m.path_length() != 1 || m.purposes_size() > kMaxList ||
      m.data_categories_size() > kMaxList) {
    return fail(Code::ProtobufFormat, "a recognition out of form");
  }
  Recognition r;
  r.a = std::move(*a);
  r.b = std::move(*b);
  for (const pb::LevelPair& pair : m.levels()) r.levels.emplace_back(pair.a_oid(), pair.b_oid());
  r.terms = {instant_of_us(m.valid_from_us()),  instant_of_us(m.valid_to_us()),
             m.max_status_age_s(),              m.max_cross_certificate_days(),
             strings_of(m.purposes()),          strings_of(m.data_categories()),
             m.legal_basis()};
  if (Status s = check_terms(r.terms); !s) return fail(Code::ProtobufFormat, "a recognition's terms", s.error());
  r.id = object->id();
  r.object = std::move(*object);
  return r;
}

const RecognitionParty* Recognition::party(std::string_view zone) const {
  if (a.zone == zone) return &a;
  if (b.zone == zone) return &b;
  return nullptr;
}

CrossTerms Recognition::cross_terms(std::string_view own) const {
  const bool own_is_a = a.zone == own;
  CrossTerms out;
  for (const auto& [a_oid, b_oid] : levels) {
    out.mappings.push_back(own_is_a ? PolicyPair{a_oid, b_oid} : PolicyPair{b_oid, a_oid});
  }
  out.space = own_is_a ? b.space : a.space;
  out.not_after_limit = terms.valid_to;
  out.max_days = static_cast<int>(terms.max_cross_certificate_days);
  return out;
}

bool signed_by(const Recognition& recognition, const ZoneDescriptor& zone) {
  Result<PublicKey> key = PublicKey::from_spki(zone.root.spki());
  if (!key) return false;
  return verify_signature(ObjectKind::Recognition, recognition.object, *key).has_value();
}

Status names_parties(const Recognition& recognition, const ZoneDescriptor& x, const ZoneDescriptor& y) {
  for (const ZoneDescriptor* zone : {&x, &y}) {
    const RecognitionParty* party = recognition.party(zone->zone);
    if (party == nullptr || party->descriptor != zone->id || party->root != zone->root.digest()) {
      return fail(Code::Conflict, "the recognition is not between these descriptors; zone " + zone->zone + " differs");
    }
  }
  return {};
}

Status signed_by_both(const Recognition& recognition, const ZoneDescriptor& x, const ZoneDescriptor& y) {
  if (Status s = names_parties(recognition, x, y); !s) return s;
  for (const ZoneDescriptor* zone : {&x, &y}) {
    if (!signed_by(recognition, *zone)) {
      return fail(Code::SignatureInvalid, "the root of zone " + zone->zone + " has not signed the recognition");
    }
  }
  return {};
}

}  // namespace sekisho::trust
