#include "trust/identity/did_document.hpp"

#include <gtest/gtest.h>

namespace sekisho::trust {
namespace {

constexpr std::string_view kDid = "did:web:farm.jp.example";

Code code_of(const auto& result) { return result ? Code::Internal : result.error().code; }

DidDocument sample() {
  static const PrivateKey key = *PrivateKey::generate(KeyKind::P256);
  DidDocument d;
  d.did = kDid;
  d.keys.push_back({key_id(kDid, key.public_key()), key.public_key()});
  d.services.push_back({"did:web:farm.jp.example#dsp", "DataService", "https://farm.jp.example/dsp/2025-1"});
  return d;
}

std::string text_of(const Json& json) { return to_text(json); }

TEST(DidDocument, ReadsWhatItWrites) {
  const DidDocument d = sample();
  const auto back = parse_did_document(text_of(*did_document_json(d)), kDid);
  ASSERT_TRUE(back) << back.error().chain();
  ASSERT_EQ(back->keys.size(), 1U);
  EXPECT_EQ(back->keys[0].id, d.keys[0].id);
  EXPECT_EQ(back->keys[0].key.digest(), d.keys[0].key.digest());
  EXPECT_EQ(back->services[0].endpoint, d.services[0].endpoint);
  EXPECT_NE(back->find(d.keys[0].id), nullptr);
  EXPECT_EQ(back->find("did:web:farm.jp.example#other"), nullptr);
}

struct Case {
  const char* name;
  void (*change)(JsonObject&);
};

JsonObject& method(JsonObject& d) { return d["verificationMethod"].as_array()[0].as_object(); }
JsonObject& jwk(JsonObject& d) { return method(d)["publicKeyJwk"].as_object(); }

class DidDocumentRefused : public ::testing::TestWithParam<Case> {};

TEST_P(DidDocumentRefused, Change) {
  Json json = *did_document_json(sample());
  GetParam().change(json.as_object());
  EXPECT_EQ(code_of(parse_did_document(text_of(json), kDid)), Code::JsonShape);
}

INSTANTIATE_TEST_SUITE_P(
    Changes, DidDocumentRefused,
    ::testing::Values(
        Case{"OtherId", [](JsonObject& d) { d["id"] = "did:web:evil.example"; }},
        Case{"UnknownMember", [](JsonObject& d) { d["alsoKnownAs"] = JsonArray(); }},
        Case{"OtherContext", [](JsonObject& d) { d["@context"].as_array()[1] = "https://evil.example"; }},
        Case{"NoKeys", [](JsonObject& d) { d["verificationMethod"] = JsonArray(); }},
        Case{"ControllerElsewhere", [](JsonObject& d) { method(d)["controller"] = "did:web:evil.example"; }},
        Case{"KeyOfAnotherDid", [](JsonObject& d) { method(d)["id"] = "did:web:evil.example#a"; }},
        Case{"OtherType", [](JsonObject& d) { method(d)["type"] = "Ed25519VerificationKey2020"; }},
        Case{"PrivateMember", [](JsonObject& d) { jwk(d)["d"] = "AAAA"; }},
        Case{"OtherCurve", [](JsonObject& d) { jwk(d)["crv"] = "secp256k1"; }},
        Case{"OtherAlgorithm", [](JsonObject& d) { jwk(d)["alg"] = "HS256"; }},
        Case{"PointOffTheCurve", [](JsonObject& d) { jwk(d)["x"] = std::string(43, 'A'); }},
        Case{"ShortCoordinate", [](JsonObject& d) { jwk(d)["x"] = "AAAA"; }},
        Case{"ReferenceToNothing", [](JsonObject& d) { d["authentication"].as_array()[0] = "did:web:farm.jp.example#none"; }},
        Case{"EmbeddedMethod", [](JsonObject& d) { d["authentication"].as_array()[0] = JsonObject(); }},
        Case{"NoAuthentication", [](JsonObject& d) { d["authentication"] = JsonArray(); }},
        Case{"TwiceTheSameKey", [](JsonObject& d) { d["verificationMethod"].as_array().push_back(Json(method(d))); }},
        Case{"PlainHttp", [](JsonObject& d) { d["service"].as_array()[0].as_object()["serviceEndpoint"] = "http://a.example"; }},
        Case{"ServiceOfAnotherDid", [](JsonObject& d) { d["service"].as_array()[0].as_object()["id"] = "did:web:x.example#dsp"; }}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(DidDocument, OtherJsonIsRefused) {
  EXPECT_EQ(code_of(parse_did_document("[]", kDid)), Code::JsonShape);
  EXPECT_EQ(code_of(parse_did_document("{", kDid)), Code::JsonSyntax);
  EXPECT_FALSE(parse_did_document(std::string(70'000, ' '), kDid));
}

TEST(DidDocument, OnlyP256KeysAreWritten) {
  DidDocument d = sample();
  d.keys[0].key = PrivateKey::generate(KeyKind::Ed25519)->public_key();
  EXPECT_EQ(code_of(did_document_json(d)), Code::InvalidArgument);
}

}  // namespace
}  // namespace sekisho::trust
