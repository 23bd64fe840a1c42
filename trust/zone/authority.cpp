#include "trust/zone/authority.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/core/encoding.hpp"
#include "trust/pki/issue.hpp"
#include "trust/zone/apart.hpp"
#include "trust/zone/ca_book.hpp"

namespace sekisho::trust {

namespace {

constexpr auto kBackdate = std::chrono::minutes(10);
constexpr std::array kLevels = {std::pair(Assurance::Low, "the zone knows the organization by its documents"),
                                std::pair(Assurance::Substantial, "the zone checked the organization in person")};

Result<AuthorityKeys> generate_keys() {
  AuthorityKeys keys;
  for (PrivateKey* key : {&keys.root, &keys.next_root, &keys.cross_ca, &keys.issuing_ca}) {
    Result<PrivateKey> made = PrivateKey::generate(KeyKind::P384);
    if (!made) return fail(made.error());
    *key = std::move(*made);
  }
  Result<PrivateKey> status = PrivateKey::generate(KeyKind::Ed25519);
  if (!status) return fail(status.error());
  keys.status = std::move(*status);
  return keys;
}

Status match_keys(const AuthorityKeys& keys, const ZoneDescriptor& d) {
  const bool good = keys.root.public_key().digest() == d.root.key_digest() &&
                    keys.next_root.public_key().digest() == d.next_root_key &&
                    keys.cross_ca.public_key().digest() == d.cross_ca.key_digest() &&
                    keys.issuing_ca.public_key().digest() == d.issuing_cas.front().key_digest() &&
                    keys.status.public_key().digest() == d.status_key.digest();
  if (!good) return fail(Code::KeyFile, "the key files of zone " + d.zone + " are not those of its descriptor");
  return {};
}

}  // namespace

Authority::Authority() : book_(std::make_unique<pb::AuthorityBook>()) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

Result<Authority> Authority::create(const ZoneProfile& profile, Instant now) {
  if (!is_zone_id(profile.zone))
    return fail(Code::InvalidArgument, "a zone id is 1 to 8 lower-case letters, digits or '-'");
  Result<AuthorityKeys> keys = generate_keys();
  if (!keys) return fail(keys.error());
  const std::string organization = "Sekisho zone " + profile.zone;
  const auto name = [&](const char* what) {
    return SubjectName{profile.country, organization, profile.zone + " " + what};
  };
  std::vector<std::string> policies = policy_oids(profile.zone, Use::TlsServer, Assurance::Low);
  for (std::string& oid : policy_oids(profile.zone, Use::Statement, Assurance::Low)) policies.push_back(std::move(oid));

  Authority out;
  ZoneDescriptor d;
  d.zone = profile.zone;
  Result<Certificate> root = issue_root(name("root"), keys->root, {now, profile.root_days});
  if (!root) return fail(root.error());
  d.root = std::move(*root);
  const CaKey issuer{d.root, keys->root};
  Result<Certificate> cross = issue_ca(issuer, name("cross-certification CA"), keys->cross_ca.public_key(), 2, policies,
                                       {now, profile.ca_days});
  if (!cross) return fail(cross.error());
  d.cross_ca = std::move(*cross);
  Result<Certificate> issuing =
      issue_ca(issuer, name("issuing CA"), keys->issuing_ca.public_key(), 0, policies, {now, profile.ca_days});
  if (!issuing) return fail(issuing.error());
  d.issuing_cas.push_back(std::move(*issuing));
  d.next_root_key = keys->next_root.public_key().digest();
  d.space = {profile.dns_suffixes, {profile.country}};
  d.did_hosts = profile.dns_suffixes;
  for (const auto& [level, meaning] : kLevels) {
    d.policies.push_back({policy_oid(d.zone, Use::TlsServer, level), "tls", level, meaning});
    d.policies.push_back({policy_oid(d.zone, Use::Statement, level), "statement", level, meaning});
  }
  d.status_key = keys->status.public_key();
  d.sequence = 1;
  d.valid_from = now - kBackdate;
  d.valid_to = d.root.not_after();
  Result<Bytes> signed_bytes = sign_descriptor(d, keys->root);
  if (!signed_bytes) return fail(signed_bytes.error());
  Result<ZoneDescriptor> parsed = ZoneDescriptor::parse(*signed_bytes);
  if (!parsed) return fail(parsed.error());

  out.keys_ = std::move(*keys);
  out.descriptor_ = std::move(*parsed);
  out.book_->set_version(1);
  out.book_->set_zone(profile.zone);
  out.book_->set_zone_descriptor(field_of(*signed_bytes));
  note_issued(*out.book_->mutable_root(), out.descriptor_.cross_ca);
  note_issued(*out.book_->mutable_root(), out.descriptor_.issuing_cas.front());
  out.note(now, "zone-created", profile.zone, out.descriptor_.id);
  return out;
}

Result<Authority> Authority::restore(AuthorityKeys keys, BytesView book) {
  Authority out;
  if (!out.book_->ParseFromArray(book.data(), static_cast<int>(book.size())) || out.book_->version() != 1) {
    return fail(Code::ProtobufFormat, "the zone's book does not parse");
  }
  Result<ZoneDescriptor> d = ZoneDescriptor::parse(as_bytes(out.book_->zone_descriptor()));
  if (!d) return fail(d.error());
  if (Status s = match_keys(keys, *d); !s) return fail(s.error());
  out.keys_ = std::move(keys);
  out.descriptor_ = std::move(*d);
  return out;
}

Bytes Authority::book() const { return to_bytes(book_->SerializeAsString()); }

std::vector<JsonObject> Authority::take_events() { return std::exchange(events_, {}); }

void Authority::note(Instant now, std::string_view event, std::string_view subject, BytesView digest,
                     std::string_view reason) {
  JsonObject line;
  line["time"] = to_rfc3339(now);
  line["event"] = event;
  line["zone"] = book_->zone();
  line["subject"] = subject;
  if (!digest.empty()) line["digest"] = to_hex(digest);
  if (!reason.empty()) line["reason"] = reason;
  events_.push_back(std::move(line));
}

Result<pb::PeerBook*> Authority::peer(std::string_view zone) const {
  for (pb::PeerBook& p : *book_->mutable_peers()) {
    if (p.zone() == zone) return &p;
  }
  return fail(Code::NotFound,
              "zone " + std::string(zone) + " is not known here; import its descriptor first (zone trust)");
}

Status Authority::trust_peer(BytesView descriptor, const Digest& root_fingerprint, Instant now) {
  Result<ZoneDescriptor> d = ZoneDescriptor::parse(descriptor);
  if (!d) return fail(d.error());
  if (d->root.digest() != root_fingerprint) {
    return fail(Code::CertificateInvalid,
                fmt::format("the root of zone {} has the fingerprint {}, not the one compared", d->zone,
                            to_hex(d->root.digest())));
  }
  if (d->zone == descriptor_.zone) return fail(Code::Conflict, "this is the own zone's descriptor");
  if (now < d->valid_from || now > d->valid_to) return fail(Code::Expired, "the descriptor is not valid now");
  if (Status s = check_apart(descriptor_, *d); !s) return s;
  for (const pb::PeerBook& p : book_->peers()) {
    if (p.zone() == d->zone) continue;
    Result<ZoneDescriptor> other = ZoneDescriptor::parse(as_bytes(p.zone_descriptor()));
    if (!other) return fail(other.error());
    if (Status s = check_apart(*other, *d); !s) return s;
  }
  Result<pb::PeerBook*> known = peer(d->zone);
  if (known) {
    Result<ZoneDescriptor> before = ZoneDescriptor::parse(as_bytes((*known)->zone_descriptor()));
    if (before && (before->root.digest() != d->root.digest() || before->sequence > d->sequence)) {
      return fail(Code::Conflict, "zone " + d->zone + " is known here under another root or a newer descriptor");
    }
  }
  pb::PeerBook* entry = known ? *known : book_->add_peers();
  entry->set_zone(d->zone);
  entry->set_zone_descriptor(field_of(descriptor));
  note(now, "descriptor-trusted", d->zone, d->id);
  return {};
}

Result<ZoneDescriptor> Authority::trusted_descriptor(std::string_view zone) const {
  Result<pb::PeerBook*> entry = peer(zone);
  if (!entry) return fail(entry.error());
  return ZoneDescriptor::parse(as_bytes((*entry)->zone_descriptor()));
}

Result<SignedObject> Authority::propose(std::string_view zone, const RecognitionTerms& terms) const {
  Result<ZoneDescriptor> other = trusted_descriptor(zone);
  if (!other) return fail(other.error());
  Result<Bytes> body = recognition_body(descriptor_, *other, terms);
  if (!body) return fail(body.error());
  return SignedObject{std::move(*body), {}};
}

}  // namespace sekisho::trust
