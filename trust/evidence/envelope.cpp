#include "trust/evidence/envelope.hpp"

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::trust {
namespace {

constexpr std::size_t kMaxPath = 10;  // of a batch of 1,024
constexpr std::size_t kMaxEnvelopeBytes = kMaxPayloadBytes + 1024;

template <class Message>
Bytes serialise(const Message& message) {
  Bytes out(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(out.data());
  return out;
}

template <class Message>
bool parse(BytesView bytes, Message& out) {
  const google::protobuf::LogSilencer quiet;  // the parser would write a line about a peer's octets
  return out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

Bytes encode_seal(const Seal& seal) {
  pb::Seal message;
  seal_to_pb(seal, true, message);
  return serialise(message);
}

}  // namespace

void seal_to_pb(const Seal& seal, bool with_path, pb::Seal& out) {
  out.Clear();
  out.set_algorithm(kSealEd25519);
  out.set_index(seal.index);
  out.set_size(seal.size);
  if (with_path) {
    for (const Digest& hash : seal.path) out.add_path(hash.data(), hash.size());
  }
  out.set_signature(seal.signature.data(), seal.signature.size());
}

Result<Seal> seal_from_pb(const pb::Seal& seal, bool with_path) {
  const auto bad = [](const char* what) { return fail(Code::ProtobufFormat, what); };
  if (seal.algorithm() != kSealEd25519) return bad("the seal has an unknown algorithm");
  if (seal.signature().size() != 64) return bad("the seal's signature has not 64 octets");
  if (static_cast<std::size_t>(seal.path_size()) > kMaxPath) return bad("the seal's path is too long");
  Seal out;
  out.index = seal.index();
  out.size = seal.size();
  for (const std::string& hash : seal.path()) {
    if (hash.size() != 32) return bad("the seal's path has a hash that has not 32 octets");
    std::memcpy(out.path.emplace_back().data(), hash.data(), 32);
  }
  std::memcpy(out.signature.data(), seal.signature().data(), 64);
  if (with_path) {
    if (Status s = check_seal_shape(out); !s) return fail(s.error());
  } else if (!out.path.empty() || out.size < 1 || out.size > kMaxBatch || out.index >= out.size) {
    return bad("the seal of an own entry has index and size but no path");
  }
  return out;
}

Bytes encode_envelope(const Envelope& envelope) {
  pb::Envelope message;
  message.set_payload(envelope.payload);
  seal_to_pb(envelope.seal, true, *message.mutable_seal());
  return serialise(message);
}

Result<Envelope> decode_envelope(BytesView bytes) {
  if (bytes.size() > kMaxEnvelopeBytes) return fail(Code::LimitExceeded, "the envelope is over its limit");
  pb::Envelope message;
  if (!parse(bytes, message)) return fail(Code::ProtobufFormat, "not an envelope");
  if (message.payload().empty() || message.payload().size() > kMaxPayloadBytes || !message.has_seal()) {
    return fail(Code::ProtobufFormat, "the envelope has no payload or no seal");
  }
  Result<Seal> seal = seal_from_pb(message.seal(), true);
  if (!seal) return fail(seal.error());
  Envelope out{std::move(*message.mutable_payload()), std::move(*seal)};
  // Lite messages keep unknown fields: only a new encoding shows that there were none, and no other spelling.
  if (encode_envelope(out) != to_bytes(bytes))
    return fail(Code::ProtobufFormat, "the envelope is not in its one spelling");
  return out;
}

Result<std::string> envelope_header(const Envelope& envelope) {
  std::string text = to_base64url(encode_envelope(envelope));
  if (text.size() > kMaxStatementHeader) return fail(Code::LimitExceeded, "the statement does not fit into a header");
  return text;
}

Result<Envelope> envelope_from_header(std::string_view text) {
  if (text.size() > kMaxStatementHeader)
    return fail(Code::LimitExceeded, "the header is longer than a statement's may be");
  const Result<Bytes> bytes = from_base64url(text);
  if (!bytes) return fail(bytes.error());
  return decode_envelope(*bytes);
}

std::string envelope_to_dsse(const Envelope& envelope, const Ed25519PublicKey& key) {
  Bytes sig(envelope.seal.signature.begin(), envelope.seal.signature.end());
  if (envelope.seal.size > 1) sig = encode_seal(envelope.seal);
  const Json json =
      JsonObject{{"payload", to_base64(as_bytes(envelope.payload))},
                 {"payloadType", kPayloadType},
                 {"signatures", JsonArray{JsonObject{{"keyid", to_hex(sha256(key.octets))}, {"sig", to_base64(sig)}}}}};
  return to_text(json);
}

Result<Envelope> envelope_from_dsse(std::string_view text) {
  const auto bad = [](const char* what) { return fail(Code::JsonShape, what); };
  const Result<Json> json = parse_json(text, {.bytes = 2 * kMaxEnvelopeBytes, .depth = 4, .values = 16});
  if (!json) return fail(json.error());
  if (!json->is_object() || !only_members(json->get_object(), {"payload", "payloadType", "signatures"})) {
    return bad("a DSSE envelope has payload, payloadType and signatures");
  }
  const JsonObject& top = json->get_object();
  const Result<std::string> type = get_string(top, "payloadType");
  if (!type || *type != kPayloadType) return bad("the DSSE payload type is not the in-toto statement's");
  const Result<std::string> payload = get_string(top, "payload");
  const Result<const JsonArray*> signatures = get_array(top, "signatures");
  if (!payload || !signatures || (*signatures)->size() != 1 || !(**signatures)[0].is_object()) {
    return bad("a DSSE envelope has one signature here");
  }
  const JsonObject& signature = (**signatures)[0].get_object();
  if (!only_members(signature, {"keyid", "sig"})) return bad("a DSSE signature has keyid and sig");
  const Result<std::string> sig = get_string(signature, "sig");
  if (!sig) return fail(sig.error());
  const Result<Bytes> octets = from_base64(*sig);
  const Result<Bytes> body = from_base64(*payload);
  if (!octets || !body) return fail(Code::Encoding, "a DSSE envelope has invalid base64");
  if (body->empty() || body->size() > kMaxPayloadBytes)
    return fail(Code::LimitExceeded, "the payload is over its limit");
  Envelope out;
  out.payload = as_text(*body);
  if (octets->size() == 64) {
    std::copy(octets->begin(), octets->end(), out.seal.signature.begin());
    return out;
  }
  pb::Seal seal;
  if (!parse(*octets, seal)) return fail(Code::ProtobufFormat, "the signature is neither of Ed25519 nor a seal");
  Result<Seal> parsed = seal_from_pb(seal, true);
  if (!parsed) return fail(parsed.error());
  if (encode_seal(*parsed) != *octets) return fail(Code::ProtobufFormat, "the seal is not in its one spelling");
  if (parsed->size == 1) return bad("a seal over one statement is carried as its plain signature");
  out.seal = std::move(*parsed);
  return out;
}

}  // namespace sekisho::trust
