// The commands between two zones, in the order of the ceremony: trust, propose, sign, merge, challenge, prove,
// check-proof, certify, lint, and later suspend, resume, withdraw.
#include "base/crypto/system_random.hpp"
#include "cli/commands/zone_files.hpp"

namespace sekisho::cli {

namespace {

Status must_be_trusted(const trust::Authority& authority, const Path& path) {
  Result<Bytes> bytes = read_object(path);
  if (!bytes) return fail(bytes.error());
  Result<trust::ZoneDescriptor> d = trust::ZoneDescriptor::parse(*bytes);
  if (!d) return fail(d.error());
  Result<trust::ZoneDescriptor> trusted = authority.trusted_descriptor(d->zone);
  if (!trusted) return fail(trusted.error());
  if (trusted->id != d->id) return fail(Code::Conflict, path.string() + " is not the descriptor that was trusted");
  return {};
}

using Change = Status (trust::Authority::*)(std::string_view, std::string, Instant);

Facts change_state(const ZoneStateOptions& options, const Clock& clock, Change change, std::string_view state) {
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    if (Status s = (authority.*change)(options.peer, options.reason, clock.now()); !s) return fail(s.error());
    return Done{{{"peer", options.peer}, {"state", state}, {"takes_effect", "with the next zone publish"}}};
  });
}

}  // namespace

Facts run_zone_trust(const ZoneTrustOptions& options, const Clock& clock) {
  Result<Bytes> bytes = read_object(options.peer);
  if (!bytes) return fail(bytes.error());
  Result<Digest> fingerprint = digest_from_hex(options.fingerprint);
  if (!fingerprint) return fail(Code::InvalidArgument, "a fingerprint is 64 lower-case hex digits", fingerprint.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    if (Status s = authority.trust_peer(*bytes, *fingerprint, clock.now()); !s) return fail(s.error());
    Result<trust::ZoneDescriptor> d = trust::ZoneDescriptor::parse(*bytes);
    if (!d) return fail(d.error());
    return Done{{{"peer", d->zone}, {"descriptor", to_hex(d->id)}}};
  });
}

Facts run_zone_propose(const ZoneProposeOptions& options, const Clock& clock) {
  Result<Bytes> bytes = read_object(options.peer);
  if (!bytes) return fail(bytes.error());
  Result<trust::ZoneDescriptor> peer = trust::ZoneDescriptor::parse(*bytes);
  if (!peer) return fail(peer.error());
  trust::RecognitionTerms terms;
  terms.valid_from = std::chrono::floor<std::chrono::seconds>(clock.now()) - std::chrono::minutes(10);
  terms.valid_to = terms.valid_from + std::chrono::hours(24) * static_cast<int>(options.valid_days);
  terms.max_status_age_s = options.max_status_age_s;
  terms.max_cross_certificate_days = options.max_cross_certificate_days;
  terms.purposes = options.purposes;
  terms.data_categories = options.data_categories;
  terms.legal_basis = options.legal_basis;
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    if (Status s = must_be_trusted(authority, options.peer); !s) return fail(s.error());
    Result<trust::SignedObject> object = authority.propose(peer->zone, terms);
    if (!object) return fail(object.error());
    return Done{{{"recognition", to_hex(object->id())}, {"signatures", 0}}, options.out, trust::encode_signed(*object)};
  });
}

Facts run_zone_sign(const ZoneSignOptions& options, const Clock& clock) {
  Result<trust::SignedObject> object = read_signed(options.recognition);
  if (!object) return fail(object.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    Result<trust::SignedObject> out = authority.sign(*object, clock.now());
    if (!out) return fail(out.error());
    return Done{{{"recognition", to_hex(out->id())}, {"signatures", out->signatures.size()}},
                options.recognition,
                trust::encode_signed(*out)};
  });
}

Facts run_zone_merge(const ZoneMergeOptions& options) {
  Result<trust::SignedObject> first = read_signed(options.first);
  if (!first) return fail(first.error());
  Result<trust::SignedObject> second = read_signed(options.second);
  if (!second) return fail(second.error());
  Result<trust::SignedObject> out = trust::merge(*first, *second);
  if (!out) return fail(out.error());
  if (Status s = write_file_atomic(options.out, trust::encode_signed(*out)); !s) return fail(s.error());
  return JsonObject{{"recognition", to_hex(out->id())}, {"signatures", out->signatures.size()}};
}

Facts run_zone_challenge(const ZoneChallengeOptions& options, const Clock&) {
  Result<trust::Recognition> recognition = read_recognition(options.recognition);
  if (!recognition) return fail(recognition.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    SystemRandom random;
    Result<Bytes> challenge = authority.challenge(*recognition, random.bytes(32));
    if (!challenge) return fail(challenge.error());
    return Done{{{"recognition", to_hex(recognition->id)}}, options.out, std::move(*challenge)};
  });
}

Facts run_zone_prove(const ZoneProveOptions& options, const Clock&) {
  Result<Bytes> challenge = read_object(options.challenge);
  if (!challenge) return fail(challenge.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    Result<trust::SignedObject> proof = authority.prove(*challenge);
    if (!proof) return fail(proof.error());
    return Done{{{"zone", authority.descriptor().zone}}, options.out, trust::encode_signed(*proof)};
  });
}

Facts run_zone_check_proof(const ZoneCheckProofOptions& options, const Clock& clock) {
  Result<trust::SignedObject> proof = read_signed(options.proof);
  if (!proof) return fail(proof.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    if (Status s = authority.check_proof(*proof, clock.now()); !s) return fail(s.error());
    return Done{{{"proof", "good"}}};
  });
}

Facts run_zone_certify(const ZoneCertifyOptions& options, const Clock& clock) {
  Result<trust::SignedObject> object = read_signed(options.recognition);
  if (!object) return fail(object.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    if (!options.peer.empty()) {
      if (Status s = must_be_trusted(authority, options.peer); !s) return fail(s.error());
    }
    Result<trust::Certificate> cross = authority.certify(*object, clock.now());
    if (!cross) return fail(cross.error());
    return Done{{{"recognition", to_hex(object->id())},
                 {"cross_certificate", to_hex(cross->digest())},
                 {"subject", cross->subject()},
                 {"until", to_rfc3339(cross->not_after())}},
                options.out,
                cross->der()};
  });
}

Facts run_zone_lint(const ZoneLintOptions& options, const Clock& clock) {
  Result<trust::Recognition> recognition = read_recognition(options.recognition);
  if (!recognition) return fail(recognition.error());
  Result<Bytes> der = read_object(options.certificate);
  if (!der) return fail(der.error());
  Result<trust::Certificate> received = trust::Certificate::parse(*der);
  if (!received) return fail(received.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    if (Status s = authority.lint(*received, *recognition, clock.now()); !s) return fail(s.error());
    return Done{{{"cross_certificate", to_hex(received->digest())}, {"lint", "as the recognition says"}}};
  });
}

Facts run_zone_suspend(const ZoneStateOptions& options, const Clock& clock) {
  return change_state(options, clock, &trust::Authority::suspend, "suspended");
}

Facts run_zone_resume(const ZoneStateOptions& options, const Clock& clock) {
  return change_state(options, clock, &trust::Authority::resume, "active");
}

Facts run_zone_withdraw(const ZoneStateOptions& options, const Clock& clock) {
  return change_state(options, clock, &trust::Authority::withdraw, "withdrawn");
}

}  // namespace sekisho::cli
