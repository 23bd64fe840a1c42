#include "trust/identity/did_document.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"

namespace sekisho::trust {

namespace {

constexpr std::string_view kContexts[] = {"https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"};
constexpr std::size_t kMaxEntries = 16;

std::unexpected<Error> shape(std::string what, std::string pointer) {
  return fail(Error(Code::JsonShape, "a DID document: " + std::move(what)).with("pointer", std::move(pointer)));
}

Result<JsonObject> key_json(const DidDocument& document, const DidKey& key) {
  if (key.key.native() == nullptr || key.key.kind() != KeyKind::P256) {
    return fail(Code::InvalidArgument, "a DID document holds P-256 keys");
  }
  Result<std::pair<Bytes, Bytes>> point = key.key.coordinates();
  if (!point) return fail(point.error());
  return JsonObject{{"id", key.id},
                    {"type", "JsonWebKey2020"},
                    {"controller", document.did},
                    {"publicKeyJwk", JsonObject{{"kty", "EC"},
                                                {"crv", "P-256"},
                                                {"x", to_base64url(point->first)},
                                                {"y", to_base64url(point->second)}}}};
}

bool is_fragment_of(std::string_view id, std::string_view did) {
  if (!id.starts_with(did) || id.size() <= did.size() + 1 || id.size() > did.size() + 65 || id[did.size()] != '#') return false;
  return std::ranges::all_of(id.substr(did.size() + 1), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// The SPKI of an uncompressed P-256 point; OpenSSL refuses one that is not on the curve.
Result<PublicKey> p256_key(const Bytes& x, const Bytes& y) {
  Bytes spki = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
  append(spki, x);
  append(spki, y);
  return PublicKey::from_spki(spki);
}

Result<PublicKey> read_jwk(const JsonObject& jwk, const std::string& pointer) {
  // Known members only: a private member "d" must never pass.
  if (Status s = only_members(jwk, {"kty", "crv", "x", "y", "alg", "use", "kid"}); !s) return fail(s.error());
  Result<std::string> kty = get_string(jwk, "kty");
  Result<std::string> curve = get_string(jwk, "crv");
  if (!kty || *kty != "EC" || !curve || *curve != "P-256") return shape("a key is EC P-256", pointer);
  Result<std::optional<std::string>> alg = get_optional_string(jwk, "alg");
  if (!alg || (*alg && **alg != "ES256")) return shape("a key's alg is ES256", pointer + "/alg");
  Bytes parts[2];
  for (const auto& [name, out] : {std::pair("x", &parts[0]), std::pair("y", &parts[1])}) {
    Result<std::string> text = get_string(jwk, name);
    if (!text) return fail(text.error());
    Result<Bytes> octets = from_base64url(*text);
    if (!octets || octets->size() != 32) return shape("a coordinate is 32 octets in base64url", pointer + "/" + name);
    *out = std::move(*octets);
  }
  Result<PublicKey> key = p256_key(parts[0], parts[1]);
  if (!key) return shape("a key is not on the curve", pointer);
  return key;
}

Result<DidKey> read_key(const Json& value, std::string_view did, const std::string& pointer) {
  if (!value.is_object()) return shape("a verification method is an object", pointer);
  const JsonObject& object = value.as_object();
  if (Status s = only_members(object, {"id", "type", "controller", "publicKeyJwk"}); !s) return fail(s.error());
  Result<std::string> id = get_string(object, "id");
  if (!id || !is_fragment_of(*id, did)) return shape("a key's id is the DID and a fragment", pointer + "/id");
  Result<std::string> type = get_string(object, "type");
  if (!type || *type != "JsonWebKey2020") return shape("a key's type is JsonWebKey2020", pointer + "/type");
  Result<std::string> controller = get_string(object, "controller");
  if (!controller || *controller != did) return shape("a key's controller is the DID itself", pointer + "/controller");
  Result<const JsonObject*> jwk = get_object(object, "publicKeyJwk");
  if (!jwk) return fail(jwk.error());
  Result<PublicKey> key = read_jwk(**jwk, pointer + "/publicKeyJwk");
  if (!key) return fail(key.error());
  return DidKey{std::move(*id), std::move(*key)};
}

Result<DidService> read_service(const Json& value, std::string_view did, const std::string& pointer) {
  if (!value.is_object()) return shape("a service is an object", pointer);
  const JsonObject& object = value.as_object();
  if (Status s = only_members(object, {"id", "type", "serviceEndpoint"}); !s) return fail(s.error());
  DidService out;
  for (const auto& [name, member] : {std::pair("id", &out.id), std::pair("type", &out.type), std::pair("serviceEndpoint", &out.endpoint)}) {
    Result<std::string> text = get_string(object, name);
    if (!text) return fail(text.error());
    *member = std::move(*text);
  }
  if (!is_fragment_of(out.id, did)) return shape("a service's id is the DID and a fragment", pointer + "/id");
  if (out.type.empty() || out.type.size() > 64) return shape("a service's type has 1 to 64 octets", pointer + "/type");
  if (!out.endpoint.starts_with("https://") || out.endpoint.size() > 512) {
    return shape("a service end point is an https URL", pointer + "/serviceEndpoint");
  }
  return out;
}

Status check_context(const JsonObject& object) {
  Result<const JsonArray*> contexts = get_array(object, "@context");
  if (!contexts) return fail(contexts.error());
  if ((*contexts)->size() != std::size(kContexts)) return shape("other contexts than DID and JWS 2020", "/@context");
  for (std::size_t i = 0; i < std::size(kContexts); ++i) {
    const Json& value = (**contexts)[i];
    if (!value.is_string() || std::string_view(value.get_string()) != kContexts[i]) {
      return shape("other contexts than DID and JWS 2020", "/@context");
    }
  }
  return {};
}

// Every key of the document, by reference, in any order, none twice and none else.
Status check_references(const JsonObject& object, std::string_view name, const DidDocument& document) {
  Result<const JsonArray*> list = get_array(object, name);
  if (!list) return fail(list.error());
  std::vector<std::string> seen;
  for (const Json& value : **list) {
    if (!value.is_string() || document.find(std::string_view(value.get_string())) == nullptr) {
      return shape("a reference that names no key of the document", "/" + std::string(name));
    }
    seen.emplace_back(value.get_string());
  }
  std::ranges::sort(seen);
  if (std::ranges::adjacent_find(seen) != seen.end() || seen.size() != document.keys.size()) {
    return shape("each key is named exactly once", "/" + std::string(name));
  }
  return {};
}

}  // namespace

const DidKey* DidDocument::find(std::string_view id) const {
  for (const DidKey& key : keys) {
    if (key.id == id) return &key;
  }
  return nullptr;
}

std::string key_id(std::string_view did, const PublicKey& key) {
  return std::string(did) + "#" + to_hex(key.digest()).substr(0, 16);
}

Result<Json> did_document_json(const DidDocument& document) {
  JsonArray contexts;
  for (const std::string_view context : kContexts) contexts.push_back(Json(context));
  JsonArray methods;
  JsonArray references;
  for (const DidKey& key : document.keys) {
    Result<JsonObject> method = key_json(document, key);
    if (!method) return fail(method.error());
    methods.push_back(std::move(*method));
    references.push_back(Json(key.id));
  }
  JsonArray services;
  for (const DidService& s : document.services) {
    services.push_back(JsonObject{{"id", s.id}, {"type", s.type}, {"serviceEndpoint", s.endpoint}});
  }
  return Json(JsonObject{{"@context", std::move(contexts)},
                         {"id", document.did},
                         {"verificationMethod", std::move(methods)},
                         {"authentication", references},
                         {"assertionMethod", references},
                         {"service", std::move(services)}});
}

Result<DidDocument> parse_did_document(std::string_view text, std::string_view expected_did) {
  Result<Json> json = parse_json(text, {.bytes = 64 * 1024, .depth = 8, .values = 1000});
  if (!json) return fail(json.error());
  if (!json->is_object()) return shape("not an object", "");
  const JsonObject& object = json->as_object();
  Status members = only_members(
      object, {"@context", "id", "verificationMethod", "authentication", "assertionMethod", "service"});
  if (!members) return fail(members.error());
  if (Status s = check_context(object); !s) return fail(s.error());
  DidDocument out;
  Result<std::string> id = get_string(object, "id");
  if (!id || *id != expected_did) return shape("the id is not the expected DID", "/id");
  out.did = std::move(*id);
  Result<const JsonArray*> methods = get_array(object, "verificationMethod");
  if (!methods) return fail(methods.error());
  Result<const JsonArray*> services = get_array(object, "service");
  if (!services) return fail(services.error());
  if ((*methods)->empty() || (*methods)->size() > kMaxEntries || (*services)->size() > kMaxEntries) {
    return shape("1 to 16 keys and at most 16 services", "/verificationMethod");
  }
  for (std::size_t i = 0; i < (*methods)->size(); ++i) {
    Result<DidKey> key = read_key((**methods)[i], out.did, "/verificationMethod/" + std::to_string(i));
    if (!key) return fail(key.error());
    if (out.find(key->id) != nullptr) return shape("two keys of one id", "/verificationMethod/" + std::to_string(i));
    out.keys.push_back(std::move(*key));
  }
  for (std::size_t i = 0; i < (*services)->size(); ++i) {
    Result<DidService> service = read_service((**services)[i], out.did, "/service/" + std::to_string(i));
    if (!service) return fail(service.error());
    out.services.push_back(std::move(*service));
  }
  for (const std::string_view name : {"authentication", "assertionMethod"}) {
    if (Status s = check_references(object, name, out); !s) return fail(s.error());
  }
  return out;
}

}  // namespace sekisho::trust
