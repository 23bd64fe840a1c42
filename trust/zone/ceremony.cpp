// Authority: the acts between two zones, from signing a recognition to withdrawing it.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/secret.hpp"
#include "trust/pki/issue.hpp"
#include "trust/zone/authority.hpp"
#include "trust/zone/ca_book.hpp"

namespace sekisho::trust {

namespace {

constexpr std::size_t kNonceBytes = 32;
constexpr int kSuperseded = 4;
constexpr int kCessation = 5;

const std::string& other_zone(const Recognition& r, std::string_view own) { return r.a.zone == own ? r.b.zone : r.a.zone; }

Result<ZoneDescriptor> descriptor_of(const pb::PeerBook& peer) {
  return ZoneDescriptor::parse(as_bytes(peer.zone_descriptor()));
}

}  // namespace

// What lies before us is byte for byte what this zone would write with these terms, and nobody signed anything else.
Status Authority::own_proposal(const Recognition& recognition, const ZoneDescriptor& other, Instant now) const {
  Result<Bytes> body = recognition_body(descriptor_, other, recognition.terms);
  if (!body) return fail(body.error());
  if (*body != recognition.object.body) {
    return fail(Code::Conflict, "the recognition is not what this zone would propose with its terms");
  }
  if (recognition.terms.valid_to <= now) return fail(Code::Expired, "the recognition has ended");
  for (const ObjectSignature& s : recognition.object.signatures) {
    const bool own = s.key == descriptor_.root.key_digest() && signed_by(recognition, descriptor_);
    const bool theirs = s.key == other.root.key_digest() && signed_by(recognition, other);
    if (!own && !theirs) {
      return fail(Code::SignatureInvalid, "the recognition carries a signature that does not verify: it was edited after signing");
    }
  }
  return {};
}

Result<SignedObject> Authority::sign(const SignedObject& object, Instant now) {
  Result<Recognition> recognition = Recognition::parse(encode_signed(object));
  if (!recognition) return fail(recognition.error());
  if (recognition->party(descriptor_.zone) == nullptr) return fail(Code::Conflict, "the recognition is between other zones");
  const std::string& zone = other_zone(*recognition, descriptor_.zone);
  Result<pb::PeerBook*> entry = peer(zone);
  if (!entry) return fail(entry.error());
  Result<ZoneDescriptor> other = descriptor_of(**entry);
  if (!other) return fail(other.error());
  if (Status s = own_proposal(*recognition, *other, now); !s) return fail(s.error());
  SignedObject out = object;
  if (Status s = add_signature(ObjectKind::Recognition, out, keys_.root); !s) return fail(s.error());
  (*entry)->set_recognition(field_of(encode_signed(out)));
  (*entry)->set_proven(false);
  note(now, "recognition-signed", zone, recognition->id);
  return out;
}

Result<Bytes> Authority::challenge(const Recognition& recognition, BytesView nonce) {
  if (nonce.size() != kNonceBytes) return fail(Code::InvalidArgument, "a nonce has 32 octets");
  Result<pb::PeerBook*> entry = peer(other_zone(recognition, descriptor_.zone));
  if (!entry) return fail(entry.error());
  pb::Possession message;
  message.set_recognition(field_of(recognition.id));
  message.set_nonce(field_of(nonce));
  message.set_zone((*entry)->zone());
  (*entry)->set_nonce(message.nonce());
  return to_bytes(message.SerializeAsString());
}

Result<SignedObject> Authority::prove(BytesView challenge) const {
  Result<pb::Possession> message = parse_exact<pb::Possession>(challenge, "a challenge");
  if (!message) return fail(message.error());
  if (message->zone() != descriptor_.zone || message->nonce().size() != kNonceBytes) {
    return fail(Code::Conflict, "the challenge is not for this zone");
  }
  for (const pb::PeerBook& p : book_->peers()) {
    Result<Digest> id = object_id(as_bytes(p.recognition()));
    if (!id || as_text(*id) != message->recognition()) continue;
    SignedObject proof{to_bytes(challenge), {}};
    if (Status s = add_signature(ObjectKind::Possession, proof, keys_.root); !s) return fail(s.error());
    return proof;
  }
  return fail(Code::Conflict, "the challenge is about a recognition that this zone has not signed");
}

Status Authority::check_proof(const SignedObject& proof, Instant now) {
  Result<pb::Possession> message = parse_exact<pb::Possession>(proof.body, "a proof of possession");
  if (!message) return fail(message.error());
  Result<pb::PeerBook*> entry = peer(message->zone());
  if (!entry) return fail(entry.error());
  if ((*entry)->nonce().empty() || !equal_in_constant_time(as_bytes((*entry)->nonce()), as_bytes(message->nonce()))) {
    return fail(Code::Conflict, "the proof does not answer the open challenge");
  }
  (*entry)->clear_nonce();
  Result<ZoneDescriptor> other = descriptor_of(**entry);
  if (!other) return fail(other.error());
  Result<PublicKey> root = PublicKey::from_spki(other->root.spki());
  if (!root) return fail(root.error());
  if (Status s = verify_signature(ObjectKind::Possession, proof, *root); !s) return s;
  Result<Digest> id = object_id(as_bytes((*entry)->recognition()));
  if (!id || as_text(*id) != message->recognition()) {
    return fail(Code::Conflict, "the proof is about another recognition than the one signed here");
  }
  (*entry)->set_proven(true);
  note(now, "possession-proven", other->zone, *id);
  return {};
}

Result<Certificate> Authority::certify(const SignedObject& object, Instant now) {
  Result<Recognition> recognition = Recognition::parse(encode_signed(object));
  if (!recognition) return fail(recognition.error());
  Result<pb::PeerBook*> entry = peer(other_zone(*recognition, descriptor_.zone));
  if (!entry) return fail(entry.error());
  Result<ZoneDescriptor> other = descriptor_of(**entry);
  if (!other) return fail(other.error());
  if (Status s = own_proposal(*recognition, *other, now); !s) return fail(s.error());
  if (Status s = signed_by_both(*recognition, descriptor_, *other); !s) return fail(s.error());
  Result<Digest> signed_here = object_id(as_bytes((*entry)->recognition()));
  if (!signed_here || *signed_here != recognition->id || !(*entry)->proven()) {
    return fail(Code::Conflict, fmt::format("zone {} has not proven that it holds its root key for this recognition "
                                            "(zone challenge, zone prove, zone check-proof)", other->zone));
  }
  const CrossTerms terms = recognition->cross_terms(descriptor_.zone);
  Result<Certificate> cross = issue_cross_certificate({descriptor_.cross_ca, keys_.cross_ca}, other->root, terms, now);
  if (!cross) return fail(cross.error());
  if (Status s = check_cross_certificate(*cross, descriptor_.cross_ca, other->root, terms); !s) return fail(s.error());
  if (!(*entry)->cross_certificate().empty()) {
    Result<Certificate> old = Certificate::parse(as_bytes((*entry)->cross_certificate()));
    if (!old) return fail(old.error());
    if (Status s = mark_revoked(*book_->mutable_cross_ca(), *old, kSuperseded, std::nullopt, now); !s) return fail(s.error());
    note(now, "cross-certificate-revoked", other->zone, old->digest(), "superseded");
  }
  note_issued(*book_->mutable_cross_ca(), *cross);
  (*entry)->set_recognition(field_of(encode_signed(object)));
  (*entry)->set_cross_certificate(field_of(cross->der()));
  (*entry)->set_state(pb::RECOGNITION_STATE_ACTIVE);
  (*entry)->set_since_us(us_of(now));
  (*entry)->clear_reason();
  note(now, "cross-certificate-issued", other->zone, cross->digest());
  return cross;
}

Status Authority::lint(const Certificate& received, const Recognition& recognition, Instant now) const {
  Result<pb::PeerBook*> entry = peer(other_zone(recognition, descriptor_.zone));
  if (!entry) return fail(entry.error());
  Result<ZoneDescriptor> other = descriptor_of(**entry);
  if (!other) return fail(other.error());
  if (Status s = names_parties(recognition, descriptor_, *other); !s) return s;
  if (now < received.not_before() || now > received.not_after()) {
    return fail(Code::CertificateProfile, "the cross-certificate is not valid now");
  }
  return check_cross_certificate(received, other->cross_ca, descriptor_.root, recognition.cross_terms(other->zone));
}

Status Authority::change_state(std::string_view zone, RecognitionState to, std::string reason, Instant now) {
  Result<pb::PeerBook*> entry = peer(zone);
  if (!entry) return fail(entry.error());
  const auto from = static_cast<RecognitionState>((*entry)->state());
  const bool allowed = (to == RecognitionState::Suspended && from == RecognitionState::Active) ||
                       (to == RecognitionState::Active && from == RecognitionState::Suspended) ||
                       (to == RecognitionState::Withdrawn &&
                        (from == RecognitionState::Active || from == RecognitionState::Suspended));
  if (!allowed) {
    return fail(Code::Conflict, fmt::format("the recognition of zone {} is {}", zone, name_of(from)));
  }
  Result<Certificate> cross = Certificate::parse(as_bytes((*entry)->cross_certificate()));
  if (!cross) return fail(cross.error());
  if (to == RecognitionState::Withdrawn) {
    Status s = mark_revoked(*book_->mutable_cross_ca(), *cross, kCessation, std::nullopt, now);
    if (!s) return s;
  }
  (*entry)->set_state(static_cast<pb::RecognitionState>(to));
  (*entry)->set_since_us(us_of(now));
  (*entry)->set_reason(reason);
  const std::string event = to == RecognitionState::Active ? "recognition-resumed" : fmt::format("recognition-{}", name_of(to));
  note(now, event, zone, cross->digest(), reason);
  return {};
}

Status Authority::suspend(std::string_view zone, std::string reason, Instant now) {
  return change_state(zone, RecognitionState::Suspended, std::move(reason), now);
}

Status Authority::resume(std::string_view zone, std::string reason, Instant now) {
  return change_state(zone, RecognitionState::Active, std::move(reason), now);
}

Status Authority::withdraw(std::string_view zone, std::string reason, Instant now) {
  return change_state(zone, RecognitionState::Withdrawn, std::move(reason), now);
}

}  // namespace sekisho::trust
