#include "trust/zone/signed_object.hpp"

#include "base/crypto/digest.hpp"
#include "trust/zone/proto_io.hpp"

namespace sekisho::trust {

namespace {

constexpr int kMaxSignatures = 8;

std::string_view context_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::Descriptor: return "sekisho-descriptor-v1";
    case ObjectKind::Recognition: return "sekisho-recognition-v1";
    case ObjectKind::Snapshot: return "sekisho-snapshot-v1";
    case ObjectKind::Possession: return "sekisho-possession-v1";
    case ObjectKind::Enrolment: return "sekisho-enrolment-v1";
  }
  return "";
}

Bytes message_of(ObjectKind kind, const Bytes& body) {
  Bytes out = to_bytes(context_of(kind));
  out.push_back(0);
  append(out, body);
  return out;
}

}  // namespace

Digest SignedObject::id() const { return sha256(body); }

Result<SignedObject> parse_signed(BytesView bytes) {
  if (bytes.size() > kMaxSignedBytes) return fail(Code::LimitExceeded, "a signed object over 8 MiB");
  Result<pb::Signed> message = parse_exact<pb::Signed>(bytes, "a signed object");
  if (!message) return fail(message.error());
  if (message->body().empty()) return fail(Code::ProtobufFormat, "a signed object without a body");
  if (message->signatures_size() > kMaxSignatures) return fail(Code::LimitExceeded, "more than 8 signatures");
  SignedObject out;
  out.body = to_bytes(message->body());
  for (const pb::ObjectSignature& s : message->signatures()) {
    Result<Digest> key = digest_of(s.key(), "a signature's key");
    if (!key) return fail(key.error());
    out.signatures.push_back({*key, to_bytes(s.signature())});
  }
  return out;
}

Bytes encode_signed(const SignedObject& object) {
  pb::Signed message;
  message.set_body(field_of(object.body));
  for (const ObjectSignature& s : object.signatures) {
    pb::ObjectSignature* out = message.add_signatures();
    out->set_key(field_of(s.key));
    out->set_signature(field_of(s.signature));
  }
  return to_bytes(message.SerializeAsString());
}

Status add_signature(ObjectKind kind, SignedObject& object, const PrivateKey& key) {
  Result<Bytes> signature = key.sign(message_of(kind, object.body));
  if (!signature) return fail(signature.error());
  std::erase_if(object.signatures, [&](const ObjectSignature& s) { return s.key == key.public_key().digest(); });
  object.signatures.push_back({key.public_key().digest(), std::move(*signature)});
  // Sorted, so that two files with the same signatures are the same file.
  std::ranges::sort(object.signatures, {}, &ObjectSignature::key);
  return {};
}

Status verify_signature(ObjectKind kind, const SignedObject& object, const PublicKey& key) {
  for (const ObjectSignature& s : object.signatures) {
    if (s.key == key.digest()) return key.verify(message_of(kind, object.body), s.signature);
  }
  return fail(Code::SignatureInvalid, "there is no signature of the key that must have signed");
}

Result<Digest> object_id(BytesView signed_bytes) {
  Result<SignedObject> object = parse_signed(signed_bytes);
  if (!object) return fail(object.error());
  return object->id();
}

Result<SignedObject> merge(const SignedObject& a, const SignedObject& b) {
  if (a.body != b.body) return fail(Code::Conflict, "the two files do not hold the same object");
  SignedObject out = a;
  for (const ObjectSignature& s : b.signatures) {
    if (std::ranges::find(out.signatures, s.key, &ObjectSignature::key) == out.signatures.end()) {
      out.signatures.push_back(s);
    }
  }
  std::ranges::sort(out.signatures, {}, &ObjectSignature::key);
  return out;
}

}  // namespace sekisho::trust
