#include "trust/zone/snapshot.hpp"

#include <fmt/format.h>

#include "trust/zone/proto_io.hpp"
#include "trust/zone/signed_object.hpp"

namespace sekisho::trust {

namespace {

constexpr int kMaxForeign = 64;
constexpr int kMaxNodes = 20'000;
constexpr int kMaxCrls = 32;

using PbNodes = google::protobuf::RepeatedPtrField<pb::NodeRecord>;
using PbBytes = google::protobuf::RepeatedPtrField<std::string>;

Status read_crls(const PbBytes& list, std::vector<Crl>& out) {
  if (list.size() > kMaxCrls) return fail(Code::LimitExceeded, "more than 32 CRLs of a zone");
  for (const std::string& der : list) {
    Result<Crl> crl = Crl::parse(as_bytes(der));
    if (!crl) return fail(crl.error());
    out.push_back(std::move(*crl));
  }
  return {};
}

Status read_nodes(const PbNodes& list, std::vector<NodeRecord>& out) {
  if (list.size() > kMaxNodes) return fail(Code::LimitExceeded, "more than 20000 nodes of a zone");
  for (const pb::NodeRecord& m : list) {
    Result<NodeRecord> record = read_node_record(m);
    if (!record) return fail(record.error());
    out.push_back(std::move(*record));
  }
  return {};
}

Result<ForeignZone> read_foreign(const pb::ForeignZone& m) {
  ForeignZone out;
  Result<ZoneDescriptor> descriptor = ZoneDescriptor::parse(as_bytes(m.zone_descriptor()));
  if (!descriptor) return fail(descriptor.error());
  Result<Recognition> recognition = Recognition::parse(as_bytes(m.recognition()));
  if (!recognition) return fail(recognition.error());
  out.descriptor = std::move(*descriptor);
  out.recognition = std::move(*recognition);
  if (m.state() < pb::RECOGNITION_STATE_ACTIVE || m.state() > pb::RECOGNITION_STATE_WITHDRAWN) {
    return fail(Code::ProtobufFormat, "a recognition in no known state");
  }
  out.state = static_cast<RecognitionState>(m.state());
  out.since = instant_of_us(m.since_us());
  out.reason = m.reason();
  if (!m.cross_certificate().empty()) {
    Result<Certificate> cross = Certificate::parse(as_bytes(m.cross_certificate()));
    if (!cross) return fail(cross.error());
    if (as_text(cross->digest()) != m.cross_certificate_digest()) {
      return fail(Code::ProtobufFormat, "a cross-certificate that is not the one the snapshot binds");
    }
    out.cross_certificate = std::move(*cross);
  } else if (!m.cross_certificate_digest().empty() || out.state == RecognitionState::Active) {
    return fail(Code::ProtobufFormat, "an active recognition without its cross-certificate");
  }
  if (Status s = read_crls(m.crls(), out.crls); !s) return fail(s.error());
  if (Status s = read_nodes(m.nodes(), out.nodes); !s) return fail(s.error());
  out.peer_sequence = m.peer_sequence();
  if (!m.peer_snapshot().empty()) {
    Result<Digest> peer = digest_of(m.peer_snapshot(), "the peer's snapshot");
    if (!peer) return fail(peer.error());
    out.peer_snapshot = *peer;
  }
  out.by_peer = m.by_peer();
  if (out.by_peer && out.state != RecognitionState::Suspended) {
    return fail(Code::ProtobufFormat, "a recognition that the peer ended is not suspended");
  }
  return out;
}

Result<TrustSnapshot> read(const pb::TrustSnapshot& m) {
  if (m.version() != 1) return fail(Code::SchemaNewer, fmt::format("a trust snapshot of version {}", m.version()));
  TrustSnapshot out;
  Result<ZoneDescriptor> own = ZoneDescriptor::parse(as_bytes(m.zone_descriptor()));
  if (!own) return fail(own.error());
  out.descriptor = std::move(*own);
  out.zone = m.zone();
  out.sequence = m.sequence();
  if (out.zone != out.descriptor.zone) return fail(Code::ProtobufFormat, "a snapshot of another zone than its descriptor");
  if (!m.previous().empty()) {
    Result<Digest> previous = digest_of(m.previous(), "the previous snapshot");
    if (!previous) return fail(previous.error());
    out.previous = *previous;
  }
  if (out.sequence == 0 || (out.sequence > 1) != out.previous.has_value()) {
    return fail(Code::ProtobufFormat, "a snapshot names its predecessor, the first one none");
  }
  out.created = instant_of_us(m.created_us());
  out.expires = instant_of_us(m.expires_us());
  if (Status s = read_crls(m.crls(), out.crls); !s) return fail(s.error());
  if (Status s = read_nodes(m.nodes(), out.nodes); !s) return fail(s.error());
  if (m.foreign_size() > kMaxForeign) return fail(Code::LimitExceeded, "more than 64 foreign zones");
  for (const pb::ForeignZone& f : m.foreign()) {
    Result<ForeignZone> foreign = read_foreign(f);
    if (!foreign) return fail(foreign.error());
    out.foreign.push_back(std::move(*foreign));
  }
  return out;
}

void write_foreign(const ForeignZone& f, pb::ForeignZone& out) {
  out.set_zone_descriptor(field_of(f.descriptor.signed_bytes));
  out.set_recognition(field_of(encode_signed(f.recognition.object)));
  out.set_state(static_cast<pb::RecognitionState>(f.state));
  out.set_since_us(us_of(f.since));
  out.set_reason(f.reason);
  if (f.cross_certificate) {
    out.set_cross_certificate(field_of(f.cross_certificate->der()));
    out.set_cross_certificate_digest(field_of(f.cross_certificate->digest()));
  }
  for (const Crl& crl : f.crls) out.add_crls(field_of(crl.der()));
  for (const NodeRecord& node : f.nodes) write_node_record(node, *out.add_nodes());
  out.set_peer_sequence(f.peer_sequence);
  if (f.peer_sequence != 0) out.set_peer_snapshot(field_of(f.peer_snapshot));
  out.set_by_peer(f.by_peer);
}

}  // namespace

std::string_view name_of(RecognitionState state) {
  switch (state) {
    case RecognitionState::None: return "none";
    case RecognitionState::Active: return "active";
    case RecognitionState::Suspended: return "suspended";
    case RecognitionState::Withdrawn: return "withdrawn";
  }
  return "none";
}

Result<TrustSnapshot> TrustSnapshot::parse(BytesView signed_bytes) {
  constexpr std::string_view kWhat = "the trust snapshot does not verify";
  Result<SignedObject> object = parse_signed(signed_bytes);
  if (!object) return fail(Code::SnapshotInvalid, std::string(kWhat), object.error());
  Result<pb::TrustSnapshot> message = parse_exact<pb::TrustSnapshot>(object->body, "a trust snapshot");
  if (!message) return fail(Code::SnapshotInvalid, std::string(kWhat), message.error());
  Result<TrustSnapshot> out = read(*message);
  if (!out) return fail(Code::SnapshotInvalid, std::string(kWhat), out.error());
  if (Status s = verify_signature(ObjectKind::Snapshot, *object, out->descriptor.status_key); !s) {
    return fail(Code::SnapshotInvalid, "the snapshot is not signed by the status key of zone " + out->zone, s.error());
  }
  out->id = object->id();
  out->signed_bytes = sekisho::to_bytes(signed_bytes);
  return out;
}

Result<Bytes> sign_snapshot(const TrustSnapshot& s, const PrivateKey& status_key) {
  pb::TrustSnapshot m;
  m.set_version(1);
  m.set_zone(s.zone);
  m.set_sequence(s.sequence);
  if (s.previous) m.set_previous(field_of(*s.previous));
  m.set_created_us(us_of(s.created));
  m.set_expires_us(us_of(s.expires));
  m.set_zone_descriptor(field_of(s.descriptor.signed_bytes));
  for (const Crl& crl : s.crls) m.add_crls(field_of(crl.der()));
  for (const NodeRecord& node : s.nodes) write_node_record(node, *m.add_nodes());
  for (const ForeignZone& f : s.foreign) write_foreign(f, *m.add_foreign());
  SignedObject object{sekisho::to_bytes(m.SerializeAsString()), {}};
  if (Status added = add_signature(ObjectKind::Snapshot, object, status_key); !added) return fail(added.error());
  return encode_signed(object);
}

}  // namespace sekisho::trust
