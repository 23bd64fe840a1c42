// Authority: nodes, revocation, the peer's status, and the next snapshot.
#include <fmt/format.h>

#include <algorithm>

#include "trust/pki/issue.hpp"
#include "trust/zone/authority.hpp"
#include "trust/zone/ca_book.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::trust {

namespace {

constexpr auto kBackdate = std::chrono::minutes(10);
constexpr int kLeafDays = 90;

// No list of the new snapshot is older than the one of the same issuer that was seen before.
Status check_crls_rise(const TrustSnapshot& before, const TrustSnapshot& after) {
  for (const Crl& old : before.crls) {
    for (const Crl& crl : after.crls) {
      if (crl.issuer_der() == old.issuer_der() && crl.number() < old.number()) {
        return fail(Code::SnapshotRollback, "a CRL of the peer has a lower number than one seen before");
      }
    }
  }
  return {};
}

void put_node(pb::AuthorityBook& book, const NodeRecord& record) {
  for (pb::NodeRecord& known : *book.mutable_nodes()) {
    if (known.dns() != record.dns) continue;
    known.Clear();
    write_node_record(record, known);
    return;
  }
  write_node_record(record, *book.add_nodes());
}

// What the peer ended is suspended here too, from its snapshot on and until a later one resumes it: its nodes might not
// keep to it. A suspension that only repeats ours binds nobody, or the two would hold each other for ever.
void follow_peer(ForeignZone& ours, const TrustSnapshot& theirs, std::string_view own_zone) {
  if (ours.state != RecognitionState::Active) return;
  for (const ForeignZone& f : theirs.foreign) {
    if (f.descriptor.zone != own_zone || f.state == RecognitionState::Active || f.by_peer) continue;
    ours.state = RecognitionState::Suspended;
    ours.since = f.since;
    ours.reason = fmt::format("{} by zone {}", name_of(f.state), theirs.zone);
    ours.by_peer = true;
  }
}

Result<ForeignZone> foreign_zone(const pb::PeerBook& peer, std::string_view own_zone) {
  ForeignZone out;
  Result<ZoneDescriptor> d = ZoneDescriptor::parse(as_bytes(peer.zone_descriptor()));
  if (!d) return fail(d.error());
  Result<Recognition> r = Recognition::parse(as_bytes(peer.recognition()));
  if (!r) return fail(r.error());
  Result<Certificate> cross = Certificate::parse(as_bytes(peer.cross_certificate()));
  if (!cross) return fail(cross.error());
  out.descriptor = std::move(*d);
  out.recognition = std::move(*r);
  out.cross_certificate = std::move(*cross);
  out.state = static_cast<RecognitionState>(peer.state());
  out.since = instant_of_us(peer.since_us());
  out.reason = peer.reason();
  if (peer.snapshot().empty()) return out;
  Result<TrustSnapshot> s = TrustSnapshot::parse(as_bytes(peer.snapshot()));
  if (!s) return fail(s.error());
  for (const Crl& crl : s->crls) {
    // The peer's cross-CA leads elsewhere; its list is no part of a path through us.
    if (crl.issuer_der() != out.descriptor.cross_ca.subject_der()) out.crls.push_back(crl);
  }
  out.nodes = std::move(s->nodes);
  out.peer_sequence = s->sequence;
  out.peer_snapshot = s->id;
  follow_peer(out, *s, own_zone);
  return out;
}

}  // namespace

Status Authority::import_peer_snapshot(BytesView bytes, Instant now) {
  Result<TrustSnapshot> s = TrustSnapshot::parse(bytes);
  if (!s) return fail(s.error());
  Result<pb::PeerBook*> entry = peer(s->zone);
  if (!entry) return fail(entry.error());
  Result<ZoneDescriptor> trusted = ZoneDescriptor::parse(as_bytes((*entry)->zone_descriptor()));
  if (!trusted) return fail(trusted.error());
  if (s->descriptor.id != trusted->id) {
    return fail(Code::Conflict, "the peer's snapshot is under another descriptor than the one trusted for zone " + s->zone);
  }
  // What a node of the peer would accept, we accept; nothing less.
  auto state = TrustState::load(trusted->signed_bytes, bytes, now, {.min_sequence = 0, .allow_one_sided = true});
  if (!state) return fail(state.error());
  if (!(*entry)->snapshot().empty()) {
    Result<TrustSnapshot> before = TrustSnapshot::parse(as_bytes((*entry)->snapshot()));
    if (!before) return fail(before.error());
    if (s->sequence < before->sequence || (s->sequence == before->sequence && s->id != before->id)) {
      return fail(Code::SnapshotRollback, fmt::format("snapshot {} of zone {} after {} was imported", s->sequence, s->zone,
                                                      before->sequence));
    }
    if (Status rise = check_crls_rise(*before, *s); !rise) return rise;
  }
  (*entry)->set_snapshot(field_of(bytes));
  note(now, "peer-snapshot-imported", s->zone, s->id);
  return {};
}

Result<NodeCertificates> Authority::enroll(const NodeRequest& request, Assurance level, Instant now) {
  const ZoneDescriptor& d = descriptor_;
  const Namespace& space = d.space;
  if (std::ranges::none_of(space.dns_suffixes, [&](const auto& s) { return within_suffix(request.dns, s); })) {
    return fail(Code::InvalidArgument, request.dns + " is outside the name space of zone " + d.zone);
  }
  auto address = parse_peer_address(request.address);
  if (!address) return fail(address.error());
  const CaKey issuer{d.issuing_cas.front(), keys_.issuing_ca};
  LeafRequest leaf;
  leaf.dns = request.dns;
  leaf.organization = request.organization;
  leaf.country = space.countries.front();
  leaf.policy = policy_oid(d.zone, leaf.use, level);
  Result<Certificate> tls = issue_leaf(issuer, leaf, request.tls_key, {now, kLeafDays});
  if (!tls) return fail(tls.error());
  leaf.use = Use::Statement;
  leaf.policy = policy_oid(d.zone, leaf.use, level);
  Result<Certificate> statement = issue_leaf(issuer, leaf, request.statement_key, {now, kLeafDays});
  if (!statement) return fail(statement.error());
  Result<std::array<std::uint8_t, 32>> log_key = request.log_key.ed25519();
  if (!log_key) return fail(log_key.error());

  NodeRecord record;
  for (const pb::NodeRecord& known : book_->nodes()) {
    if (known.dns() != request.dns) continue;
    Result<NodeRecord> before = read_node_record(known);
    if (!before) return fail(before.error());
    record = std::move(*before);
  }
  record.dns = request.dns;
  record.did = did_web(request.dns);
  record.zone = d.zone;
  record.organization = request.organization;
  std::tie(record.ip, record.port) = *address;
  record.foreign_name = request.foreign_name;
  record.statement_certificate = statement->digest();
  record.tls_certificate = tls->digest();
  // An old log key stays valid for what it signed; the new one begins now.
  if (record.log_keys.empty() || record.log_keys.back().key != *log_key) {
    if (!record.log_keys.empty()) record.log_keys.back().valid_to = now;
    const Instant from = record.log_keys.empty() ? now - kBackdate : now;
    record.log_keys.push_back({*log_key, from, d.valid_to});
  }
  put_node(*book_, record);
  note_issued(*book_->mutable_issuing_ca(), *tls);
  note_issued(*book_->mutable_issuing_ca(), *statement);
  note(now, "node-admitted", request.dns, request.id);
  return NodeCertificates{std::move(*tls), std::move(*statement), d.issuing_cas.front(), d.signed_bytes};
}

Status Authority::revoke(const Certificate& certificate, int reason, std::optional<Instant> invalid_since, Instant now) {
  for (pb::CaBook* book : {book_->mutable_issuing_ca(), book_->mutable_cross_ca(), book_->mutable_root()}) {
    Status s = mark_revoked(*book, certificate, reason, invalid_since, now);
    if (!s && s.error().code == Code::NotFound) continue;
    if (s) note(now, "certificate-revoked", certificate.subject(), certificate.digest(), fmt::format("reason {}", reason));
    return s;
  }
  return fail(Code::NotFound, "zone " + descriptor_.zone + " did not issue " + certificate.subject());
}

Result<TrustSnapshot> Authority::next_snapshot(Instant now, const SnapshotTimes& times) const {
  TrustSnapshot s;
  s.zone = descriptor_.zone;
  s.sequence = book_->sequence() + 1;
  if (!book_->previous().empty()) {
    Result<Digest> previous = digest_of(book_->previous(), "the previous snapshot");
    if (!previous) return fail(previous.error());
    s.previous = *previous;
  }
  s.created = now;
  s.expires = now + times.snapshot_validity;
  s.descriptor = descriptor_;
  for (const pb::CaBook* book : {&book_->root(), &book_->cross_ca(), &book_->issuing_ca()}) {
    Result<Crl> crl = Crl::parse(as_bytes(book->crl()));
    if (!crl) return fail(crl.error());
    s.crls.push_back(std::move(*crl));
  }
  for (const pb::NodeRecord& node : book_->nodes()) {
    Result<NodeRecord> record = read_node_record(node);
    if (!record) return fail(record.error());
    s.nodes.push_back(std::move(*record));
  }
  for (const pb::PeerBook& p : book_->peers()) {
    if (p.state() == pb::RECOGNITION_STATE_NONE) continue;
    Result<ForeignZone> foreign = foreign_zone(p, descriptor_.zone);
    if (!foreign) return fail(foreign.error());
    s.foreign.push_back(std::move(*foreign));
  }
  return s;
}

Result<Bytes> Authority::publish(Instant now, const SnapshotTimes& times) {
  const ZoneDescriptor& d = descriptor_;
  if (crl_is_due(book_->root(), now, times.root_crl_validity)) {
    Status s = renew_crl(*book_->mutable_root(), {d.root, keys_.root}, now, times.root_crl_validity);
    if (!s) return fail(s.error());
  }
  Status cross = renew_crl(*book_->mutable_cross_ca(), {d.cross_ca, keys_.cross_ca}, now, times.crl_validity);
  if (!cross) return fail(cross.error());
  Status issuing = renew_crl(*book_->mutable_issuing_ca(), {d.issuing_cas.front(), keys_.issuing_ca}, now, times.crl_validity);
  if (!issuing) return fail(issuing.error());
  Result<TrustSnapshot> next = next_snapshot(now, times);
  if (!next) return fail(next.error());
  Result<Bytes> bytes = sign_snapshot(*next, keys_.status);
  if (!bytes) return fail(bytes.error());
  // A snapshot that its own nodes would refuse is not published.
  auto loaded = TrustState::load(d.signed_bytes, *bytes, now);
  if (!loaded) return fail(loaded.error());
  book_->set_sequence(next->sequence);
  book_->set_previous(field_of((*loaded)->digest()));
  note(now, "snapshot-published", fmt::format("{}", next->sequence), (*loaded)->digest());
  return bytes;
}

}  // namespace sekisho::trust
