// Row 16 of the attack table and the states of a recognition.
#include "tests/unit/trust/zone/zone_kit.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::trust {
namespace {

RecognitionTerms terms() {
  RecognitionTerms t;
  t.valid_from = kNow - std::chrono::minutes(10);
  t.valid_to = kNow + std::chrono::hours(24 * 100);
  t.purposes = {"food-safety"};
  return t;
}

class Ceremony : public ::testing::Test {
 protected:
  Authority& jp() { return *jp_.authority; }
  Authority& eu() { return *eu_.authority; }
  void exchange() {
    must(jp().trust_peer(eu_.descriptor, eu().descriptor().root.digest(), kNow));
    must(eu().trust_peer(jp_.descriptor, jp().descriptor().root.digest(), kNow));
  }
  SignedObject signed_by_both() {
    return must(eu().sign(must(jp().sign(must(jp().propose("eu", terms())), kNow)), kNow));
  }
  static Recognition paper(const SignedObject& object) { return must(Recognition::parse(encode_signed(object))); }
  void prove_both(const SignedObject& object) {
    const Recognition r = paper(object);
    must(jp().check_proof(must(eu().prove(must(jp().challenge(r, sha256(as_bytes("a")))))), kNow));
    must(eu().check_proof(must(jp().prove(must(eu().challenge(r, sha256(as_bytes("b")))))), kNow));
  }

  test::TestZone jp_ = test::make_zone("jp", kNow);
  test::TestZone eu_ = test::make_zone("eu", kNow);
};

TEST_F(Ceremony, BothSidesDeriveTheSameBytes) {
  exchange();
  EXPECT_EQ(must(jp().propose("eu", terms())).body, must(eu().propose("jp", terms())).body);
  // Two signed files join to one, whichever comes first.
  const SignedObject a = must(jp().sign(must(jp().propose("eu", terms())), kNow));
  const SignedObject b = must(eu().sign(must(eu().propose("jp", terms())), kNow));
  EXPECT_EQ(encode_signed(must(merge(a, b))).size(), encode_signed(must(merge(b, a))).size());
  EXPECT_TRUE(sekisho::trust::signed_by_both(paper(must(merge(a, b))), jp().descriptor(), eu().descriptor()));
}

TEST_F(Ceremony, AnotherFingerprintIsRefused) {
  EXPECT_EQ(code_of(jp().trust_peer(eu_.descriptor, jp().descriptor().root.digest(), kNow)), Code::CertificateInvalid);
  EXPECT_EQ(code_of(jp().propose("eu", terms())), Code::NotFound);
  EXPECT_EQ(code_of(jp().trust_peer(jp_.descriptor, jp().descriptor().root.digest(), kNow)), Code::Conflict);
}

// It would issue for nodes of the other zone, whose partners know them by their names alone.
TEST_F(Ceremony, ANameSpaceWithinAnotherZonesIsRefused) {
  must(jp().trust_peer(eu_.descriptor, eu().descriptor().root.digest(), kNow));
  const test::TestZone xx = test::make_zone("xx", kNow);
  for (const char* suffix : {"eu.example", "node.eu.example"}) {
    SCOPED_TRACE(suffix);
    ZoneDescriptor d = xx.authority->descriptor();
    d.space.dns_suffixes = {suffix};
    d.did_hosts = {suffix};
    const Bytes greedy = must(sign_descriptor(d, xx.authority->keys().root));
    EXPECT_EQ(code_of(jp().trust_peer(greedy, d.root.digest(), kNow)), Code::Conflict);

    const auto loaded = load_altered(shared_zones().jp, [&](TrustSnapshot& s) {
      ForeignZone third = s.foreign[0];
      third.descriptor = must(ZoneDescriptor::parse(greedy));
      s.foreign.push_back(std::move(third));
    });
    ASSERT_EQ(code_of(loaded), Code::SnapshotInvalid);
    EXPECT_NE(loaded.error().chain().find("overlap"), std::string::npos) << loaded.error().chain();
  }
}

// Its revocation lists would be found for the other zone's certificates.
TEST_F(Ceremony, ACaWithTheNameOfAnotherZonesCaIsRefused) {
  ZoneDescriptor d = eu().descriptor();
  const PrivateKey key = must(PrivateKey::generate(KeyKind::P384));
  d.issuing_cas.push_back(
      must(issue_ca({d.root, eu().keys().root}, {"JP", "Sekisho zone jp", "jp issuing CA"}, key.public_key(), 0,
                    policy_oids("eu", Use::Statement, Assurance::Low), {kNow, 30})));
  ASSERT_EQ(d.issuing_cas.back().subject_der(), jp().descriptor().issuing_cas.front().subject_der());
  ++d.sequence;
  const Bytes signed_bytes = must(sign_descriptor(d, eu().keys().root));
  const Status own = jp().trust_peer(signed_bytes, d.root.digest(), kNow);
  EXPECT_EQ(code_of(own), Code::Conflict);
  // Nor with that of a third zone which is known here.
  test::TestZone xx = test::make_zone("xx", kNow);
  must(xx.authority->trust_peer(jp_.descriptor, jp().descriptor().root.digest(), kNow));
  EXPECT_EQ(code_of(xx.authority->trust_peer(signed_bytes, d.root.digest(), kNow)), Code::Conflict);
  must(xx.authority->trust_peer(eu_.descriptor, d.root.digest(), kNow));

  const auto loaded = load_altered(shared_zones().jp, [&](TrustSnapshot& s) {
    s.foreign[0].descriptor = must(ZoneDescriptor::parse(signed_bytes));
  });
  ASSERT_EQ(code_of(loaded), Code::SnapshotInvalid);
  EXPECT_NE(loaded.error().chain().find("both have a CA named"), std::string::npos) << loaded.error().chain();
}

TEST_F(Ceremony, AnotherRootOfAKnownZoneIsRefused) {
  exchange();
  test::TestZone impostor = test::make_zone("eu", kNow);
  const Digest root = impostor.authority->descriptor().root.digest();
  EXPECT_EQ(code_of(jp().trust_peer(impostor.descriptor, root, kNow)), Code::Conflict);
}

TEST_F(Ceremony, ADescriptorWithOneOctetChangedIsRefused) {
  for (std::size_t i = 0; i < eu_.descriptor.size(); i += 31) {
    Bytes bytes = eu_.descriptor;
    bytes[i] ^= 0x01;
    EXPECT_FALSE(jp().trust_peer(bytes, eu().descriptor().root.digest(), kNow)) << i;
  }
}

TEST_F(Ceremony, AnEditAfterOneSignatureIsRefused) {
  exchange();
  SignedObject object = must(jp().sign(must(jp().propose("eu", terms())), kNow));
  RecognitionTerms edited = terms();
  edited.purposes = {"marketing"};
  object.body = must(jp().propose("eu", edited)).body;
  EXPECT_EQ(code_of(eu().sign(object, kNow)), Code::SignatureInvalid);
  // Nor what the two descriptors do not give.
  RecognitionTerms short_terms = terms();
  short_terms.valid_to = kNow - std::chrono::minutes(1);
  EXPECT_EQ(code_of(eu().sign(must(jp().propose("eu", short_terms)), kNow)), Code::Expired);
}

TEST_F(Ceremony, ARecognitionOfOtherDescriptorsIsRefused) {
  exchange();
  test::TestZone other = test::make_zone("jp", kNow);
  must(other.authority->trust_peer(eu_.descriptor, eu().descriptor().root.digest(), kNow));
  EXPECT_EQ(code_of(eu().sign(must(other.authority->propose("eu", terms())), kNow)), Code::Conflict);
}

TEST_F(Ceremony, NothingIsCertifiedWithOneSignatureOrWithoutProof) {
  exchange();
  const SignedObject one = must(jp().sign(must(jp().propose("eu", terms())), kNow));
  EXPECT_EQ(code_of(jp().certify(one, kNow)), Code::SignatureInvalid);
  const SignedObject both = must(eu().sign(one, kNow));
  EXPECT_EQ(code_of(jp().certify(both, kNow)), Code::Conflict);
  prove_both(both);
  const Certificate cross = must(jp().certify(both, kNow));
  EXPECT_TRUE(eu().lint(cross, paper(both), kNow));
  EXPECT_EQ(cross.path_length(), 1);
  EXPECT_FALSE(jp().lint(cross, paper(both), kNow)) << "the certified side is eu";
}

TEST_F(Ceremony, AProofIsGoodOnceAndOnlyOfTheRightRoot) {
  exchange();
  const Recognition r = paper(signed_by_both());
  const Bytes challenge = must(jp().challenge(r, sha256(as_bytes("n"))));
  const SignedObject proof = must(eu().prove(challenge));
  SignedObject forged{challenge, {}};
  must(add_signature(ObjectKind::Possession, forged, must(PrivateKey::generate(KeyKind::P384))));
  EXPECT_EQ(code_of(jp().check_proof(forged, kNow)), Code::SignatureInvalid);
  EXPECT_EQ(code_of(jp().check_proof(proof, kNow)), Code::Conflict) << "the failed check spent the nonce";
  const Bytes second = must(jp().challenge(r, sha256(as_bytes("m"))));
  EXPECT_EQ(code_of(jp().check_proof(proof, kNow)), Code::Conflict) << "a replayed proof";
  const SignedObject fresh = must(eu().prove(must(jp().challenge(r, sha256(as_bytes("o"))))));
  EXPECT_TRUE(jp().check_proof(fresh, kNow));
  EXPECT_EQ(code_of(jp().check_proof(fresh, kNow)), Code::Conflict);
  EXPECT_EQ(code_of(jp().prove(second)), Code::Conflict) << "a challenge for the other zone";
}

TEST_F(Ceremony, ARenewalLeavesOneActiveCrossCertificate) {
  exchange();
  const SignedObject both = signed_by_both();
  prove_both(both);
  const Certificate first = must(jp().certify(both, kNow));
  const Certificate second = must(jp().certify(both, kNow));
  test::publish(jp_, kNow);
  const ForeignZone* f = jp_.state->foreign_zone("eu");
  EXPECT_EQ(f->cross_certificate->digest(), second.digest());
  std::size_t listed = 0;
  for (const Crl& crl : jp_.state->crls()) {
    if (const auto found = crl.revocation(first)) {
      ++listed;
      EXPECT_EQ(found->reason, 4);
    }
    EXPECT_FALSE(crl.revocation(second));
  }
  EXPECT_EQ(listed, 1U);
}

TEST_F(Ceremony, OverlappingNameSpacesDoNotRecogniseEachOther) {
  ZoneProfile profile;
  profile.zone = "sub";
  profile.country = "SU";
  profile.dns_suffixes = {"sub.jp.example"};
  const Authority sub = must(Authority::create(profile, kNow));
  EXPECT_EQ(code_of(jp().trust_peer(sub.descriptor().signed_bytes, sub.descriptor().root.digest(), kNow)),
            Code::Conflict);
}

TEST_F(Ceremony, TheBooksSurviveAndEveryActLeavesALine) {
  exchange();
  const SignedObject both = signed_by_both();
  prove_both(both);
  must(jp().certify(both, kNow));
  std::vector<std::string> events;
  for (const JsonObject& line : jp().take_events()) events.emplace_back(line.at("event").as_string());
  EXPECT_EQ(events, (std::vector<std::string>{"zone-created", "descriptor-trusted", "recognition-signed",
                                              "possession-proven", "cross-certificate-issued"}));
  Authority again = must(Authority::restore(jp().keys(), jp().book()));
  EXPECT_EQ(again.descriptor().id, jp().descriptor().id);
  must(again.suspend("eu", "x", kNow));
  EXPECT_TRUE(again.publish(kNow));
  EXPECT_EQ(code_of(Authority::restore(eu().keys(), jp().book())), Code::KeyFile);
}

}  // namespace
}  // namespace sekisho::trust
