// The attack table of the trust reference, 6.9: each test names its row.
#include <algorithm>

#include "tests/unit/trust/zone/zone_kit.hpp"

namespace sekisho::trust {
namespace {

using std::chrono::hours;

Code judged_at_jp(const std::vector<Bytes>& chain, Use use = Use::TlsClient, Assurance needed = Assurance::Low) {
  return code_of(shared_zones().jp.state->judge(chain, use, kNow, needed));
}

TEST(Attack1, ALowLeafDoesNotServeAHighOperation) {
  const test::TestZones& zones = shared_zones();
  for (const test::TestZone* zone : {&zones.jp, &zones.eu}) {
    const std::string dns = "small." + zone->authority->descriptor().zone + ".example";
    const auto chain = forge(*zone, {.country = "", .names = {}, .dns = dns, .level = Assurance::Low});
    const auto low = zones.jp.state->judge(chain, Use::TlsClient, kNow);
    ASSERT_TRUE(low) << low.error().chain();
    EXPECT_EQ(low->level, "low");
    EXPECT_EQ(judged_at_jp(chain, Use::TlsClient, Assurance::Substantial), Code::CertificateInvalid);
  }
}

TEST(Attack2, OnlyThePolicyFlagsRefuseTheLowLeaf) {
  // The same store and chain: without the flags it passes, so a build that loses them fails Attack1.
  const test::TestZones& zones = shared_zones();
  const ZoneDescriptor& d = zones.jp.authority->descriptor();
  const Certificate trusted[] = {d.root, d.cross_ca};
  const PathStore store = must(PathStore::build(trusted, zones.jp.state->crls()));
  const auto der = forge(zones.jp, {.country = "", .names = {}, .dns = "small.jp.example", .level = Assurance::Low});
  const auto chain = must(parse_chain(der));
  PathSettings high;
  high.policies = policy_oids("jp", Use::TlsClient, Assurance::Substantial);
  high.use = Use::TlsClient;
  EXPECT_EQ(code_of(store.verify(chain, high, kNow)), Code::CertificateInvalid);
  PathSettings mutated = high;
  mutated.explicit_policy = false;
  EXPECT_TRUE(store.verify(chain, mutated, kNow));
}

struct NameCase {
  const char* name;
  std::string country;
  std::vector<std::string> names;
};

class Attack3And4 : public ::testing::TestWithParam<NameCase> {};

TEST_P(Attack3And4, ALeafOfEuWithTheseNamesIsRefused) {
  const Code code = judged_at_jp(forge(shared_zones().eu, {.country = GetParam().country, .names = GetParam().names}));
  EXPECT_TRUE(code == Code::CertificateInvalid || code == Code::CertificateProfile) << code_info(code).name;
}

const std::string kUri = "URI:did:web:a.eu.example";
INSTANTIATE_TEST_SUITE_P(
    Names, Attack3And4,
    ::testing::Values(
        NameCase{"DnsOfTheOwnZone", "", {"DNS:a.jp.example", "URI:did:web:a.jp.example"}},
        NameCase{"DnsOfNoZone", "", {"DNS:a.example", "URI:did:web:a.example"}},
        NameCase{"SuffixWithoutADot", "", {"DNS:aeu.example", "URI:did:web:aeu.example"}},
        NameCase{"CountryOfAnotherZone", "JP", {"DNS:a.eu.example", kUri}},
        NameCase{"Ip", "", {"DNS:a.eu.example", kUri, "IP:10.0.0.1"}},
        NameCase{"Ip6", "", {"DNS:a.eu.example", kUri, "IP:::1"}},
        NameCase{"Email", "", {"DNS:a.eu.example", kUri, "email:a@eu.example"}},
        NameCase{"OtherName", "", {"DNS:a.eu.example", kUri, "otherName:1.2.3.4;UTF8:x"}},
        NameCase{"RegisteredId", "", {"DNS:a.eu.example", kUri, "RID:1.2.3.4"}},
        NameCase{"NoSan", "", {"none"}},
        NameCase{"NoDns", "", {kUri}},
        NameCase{"NoUri", "", {"DNS:a.eu.example"}},
        NameCase{"TwoDns", "", {"DNS:a.eu.example", "DNS:b.eu.example", kUri}},
        NameCase{"TwoUris", "", {"DNS:a.eu.example", kUri, "URI:did:web:b.eu.example"}},
        NameCase{"Wildcard", "", {"DNS:*.eu.example", "URI:did:web:*.eu.example"}},
        NameCase{"DidOfAnotherHost", "", {"DNS:a.eu.example", "URI:did:web:b.eu.example"}},
        NameCase{"DidWithPort", "", {"DNS:a.eu.example", "URI:did:web:a.eu.example%3A8443"}},
        NameCase{"DidWithPath", "", {"DNS:a.eu.example", "URI:did:web:a.eu.example:x"}},
        NameCase{"DidOfAnotherMethod", "", {"DNS:a.eu.example", "URI:did:key:z6Mk"}},
        NameCase{"PlainUri", "", {"DNS:a.eu.example", "URI:https://a.eu.example"}},
        NameCase{"PercentEncoded", "", {"DNS:a.eu.example", "URI:did:web:%61.eu.example"}},
        NameCase{"UpperCase", "", {"DNS:A.eu.example", "URI:did:web:A.eu.example"}},
        NameCase{"UpperCaseDid", "", {"DNS:a.eu.example", "URI:did:web:A.eu.example"}},
        NameCase{"TrailingDot", "", {"DNS:a.eu.example.", "URI:did:web:a.eu.example."}},
        NameCase{"Punycode", "", {"DNS:xn--a.eu.example", "URI:did:web:xn--a.eu.example"}},
        NameCase{"Space", "", {"DNS:a .eu.example", "URI:did:web:a .eu.example"}}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Attack3, TheSameLeafWithGoodNamesPasses) {
  const auto chain = forge(shared_zones().eu, {.country = "", .names = {"DNS:a.eu.example", kUri}});
  EXPECT_TRUE(shared_zones().jp.state->judge(chain, Use::TlsClient, kNow));
}

TEST(Attack4, ANameWithNulIsNoDnsName) {
  EXPECT_FALSE(is_dns_name(std::string_view("a.eu\0.example", 13)));
  const auto chain = forge(shared_zones().eu, {.country = "", .names = {"DNS:aXb.eu.example", "URI:did:web:aXb.eu.example"}});
  Bytes der = chain[0];
  for (std::size_t i = 0; i + 1 < der.size(); ++i) {
    if (der[i] == 'a' && der[i + 1] == 'X') der[i + 1] = 0;
  }
  const Certificate c = must(Certificate::parse(der));
  EXPECT_EQ(c.dns_names().front().size(), std::string("aXb.eu.example").size());
  EXPECT_EQ(code_of(check_leaf(c, Use::TlsClient)), Code::CertificateProfile);
}

TEST(Attack5, TrustIsNotTransitive) {
  test::TestZones zones = test::make_test_zones(kNow);
  test::recognise(zones.eu, zones.xx, kNow);
  test::publish(zones.xx, kNow);
  must(zones.eu.authority->import_peer_snapshot(zones.xx.snapshot, kNow));
  test::publish(zones.eu, kNow);
  // It holds one step away, also in the other direction of the same paper …
  ASSERT_TRUE(zones.eu.state->judge(zones.stranger.tls_chain, Use::TlsClient, kNow));
  // … and not two, whatever the peer adds.
  const ForeignZone* via = zones.eu.state->foreign_zone("xx");
  std::vector<Bytes> chain = zones.stranger.tls_chain;
  EXPECT_EQ(code_of(zones.jp.state->judge(chain, Use::TlsClient, kNow)), Code::ZoneNotRecognised);
  chain.push_back(via->cross_certificate->der());
  chain.push_back(zones.eu.authority->descriptor().cross_ca.der());
  const Code code = code_of(zones.jp.state->judge(chain, Use::TlsClient, kNow));
  EXPECT_TRUE(code == Code::CertificateInvalid || code == Code::SnapshotStale || code == Code::ZoneNotRecognised);
  // A snapshot that carries xx's status under eu's name does not load: no CA of eu signed those lists.
  const auto smuggled = load_altered(zones.jp, [&](TrustSnapshot& s) {
    for (const Crl& crl : via->crls) s.foreign[0].crls.push_back(crl);
  });
  EXPECT_EQ(code_of(smuggled), Code::SnapshotInvalid);
}

TEST(Attack6, OrderAndDuplicatesDoNotMatterAndFloodsEndEarly) {
  const test::TestZones& zones = shared_zones();
  const Bytes& root = zones.eu.authority->descriptor().root.der();
  const Bytes& leaf = zones.trade.tls_chain[0];
  const Bytes& ca = zones.trade.tls_chain[1];
  for (const std::vector<Bytes>& chain :
       {std::vector{leaf, root, ca}, std::vector{leaf, ca, root}, std::vector{leaf, ca, ca, ca}, std::vector{leaf, leaf, root, ca}}) {
    const auto judged = zones.jp.state->judge(chain, Use::TlsClient, kNow);
    EXPECT_TRUE(judged) << judged.error().chain();
  }
  std::vector<Bytes> flood = {leaf};
  flood.resize(101, ca);
  EXPECT_EQ(judged_at_jp(flood), Code::CertificateInvalid);
  EXPECT_EQ(judged_at_jp({leaf, Bytes(kMaxChainBytes)}), Code::CertificateInvalid);
  EXPECT_EQ(judged_at_jp({leaf}), Code::ZoneNotRecognised);
  EXPECT_EQ(judged_at_jp({root}), Code::ZoneNotRecognised);
}

TEST(Attack7, ASuspendedCrossCertificateFromThePeerIsRefused) {
  test::TestZones zones = test::make_test_zones(kNow);
  std::vector<Bytes> chain = zones.trade.tls_chain;
  std::vector<Bytes> with_cross = chain;
  with_cross.push_back(zones.jp.state->foreign_zone("eu")->cross_certificate->der());
  must(zones.jp.authority->suspend("eu", "incident", kNow));
  test::publish(zones.jp, kNow);
  EXPECT_EQ(zones.jp.state->recognition_state("eu"), RecognitionState::Suspended);
  EXPECT_EQ(code_of(zones.jp.state->judge(chain, Use::TlsClient, kNow)), Code::RecognitionSuspended);
  EXPECT_EQ(code_of(zones.jp.state->judge(with_cross, Use::TlsClient, kNow)), Code::RecognitionSuspended);
  EXPECT_EQ(zones.jp.state->node("trade.eu.example"), nullptr);
  EXPECT_TRUE(zones.jp.state->judge(zones.farm.tls_chain, Use::TlsClient, kNow));
  must(zones.jp.authority->resume("eu", "over", kNow));
  test::publish(zones.jp, kNow);
  EXPECT_TRUE(zones.jp.state->judge(chain, Use::TlsClient, kNow));
  must(zones.jp.authority->withdraw("eu", "for good", kNow));
  test::publish(zones.jp, kNow);
  EXPECT_EQ(code_of(zones.jp.state->judge(chain, Use::TlsClient, kNow)), Code::ZoneNotRecognised);
  EXPECT_EQ(code_of(zones.jp.state->judge(with_cross, Use::TlsClient, kNow)), Code::CertificateRevoked);
  EXPECT_EQ(code_of(zones.jp.authority->resume("eu", "again", kNow)), Code::Conflict);
}

TEST(Attack7, TheAllowListDecidesWhereThePathAloneWouldPass) {
  // An active zone whose snapshot names another cross-certificate than the one the peer sends and the store lacks.
  test::TestZones zones = test::make_test_zones(kNow);
  std::vector<Bytes> chain = zones.trade.tls_chain;
  chain.push_back(zones.jp.state->foreign_zone("eu")->cross_certificate->der());
  const auto state = must(load_altered(zones.jp, [](TrustSnapshot& s) {
    s.foreign[0].state = RecognitionState::Withdrawn;
    s.foreign[0].cross_certificate.reset();
  }));
  EXPECT_EQ(code_of(state->judge(chain, Use::TlsClient, kNow)), Code::ZoneNotRecognised);
}

TEST(Attack8, AWiderCrossCertificateFromThePeerIsNotUsed) {
  const test::TestZones& zones = shared_zones();
  const Authority& jp = *zones.jp.authority;
  CrossTerms wide = zones.jp.state->foreign_zone("eu")->recognition.cross_terms("jp");
  wide.space.dns_suffixes = {"example"};
  const Certificate cross = must(issue_cross_certificate({jp.descriptor().cross_ca, jp.keys().cross_ca},
                                                         zones.eu.authority->descriptor().root, wide, kNow));
  auto chain = forge(zones.eu, {.country = "", .names = {}, .dns = "a.other.example"});
  chain.push_back(cross.der());
  EXPECT_EQ(judged_at_jp(chain), Code::CertificateInvalid);
  // And a snapshot that names the wide one does not load.
  const auto loaded = load_altered(zones.jp, [&](TrustSnapshot& s) { s.foreign[0].cross_certificate = cross; });
  EXPECT_EQ(code_of(loaded), Code::SnapshotInvalid);
}

TEST(Attack10, AOneSidedRecognitionMustBeEnabled) {
  const test::TestZones& zones = shared_zones();
  const auto one_sided = [&](TrustSnapshot& s) {
    const Digest own = zones.jp.authority->descriptor().root.key_digest();
    std::erase_if(s.foreign[0].recognition.object.signatures, [&](const ObjectSignature& x) { return x.key != own; });
  };
  EXPECT_EQ(code_of(load_altered(zones.jp, one_sided)), Code::SnapshotInvalid);
  EXPECT_TRUE(load_altered(zones.jp, one_sided, {.min_sequence = 0, .allow_one_sided = true}));
  const auto unsigned_paper = [](TrustSnapshot& s) { s.foreign[0].recognition.object.signatures.clear(); };
  EXPECT_EQ(code_of(load_altered(zones.jp, unsigned_paper, {.min_sequence = 0, .allow_one_sided = true})), Code::SnapshotInvalid);
}

TEST(Attack13, ASnapshotDoesNotGoBack) {
  const test::TestZones& zones = shared_zones();
  const std::uint64_t seen = zones.jp.state->sequence();
  EXPECT_TRUE(TrustState::load(zones.jp.descriptor, zones.jp.snapshot, kNow, {.min_sequence = seen}));
  EXPECT_EQ(code_of(TrustState::load(zones.jp.descriptor, zones.jp.snapshot, kNow, {.min_sequence = seen + 1})),
            Code::SnapshotRollback);
  EXPECT_EQ(code_of(TrustState::load(zones.jp.descriptor, zones.jp.snapshot, kNow - hours(1))), Code::SnapshotInvalid);
}

TEST(Attack14, AStolenIssuingCaCannotIssueForAnotherZone) {
  EXPECT_EQ(judged_at_jp(forge(shared_zones().eu, {.country = "JP", .names = {}, .dns = "farm.jp.example"})), Code::CertificateInvalid);
  EXPECT_EQ(judged_at_jp(forge(shared_zones().eu, {.country = "EU", .names = {}, .dns = "farm.jp.example"})), Code::CertificateInvalid);
  EXPECT_EQ(judged_at_jp(forge(shared_zones().eu, {.country = "JP", .names = {}, .dns = "a.eu.example"})), Code::CertificateInvalid);
}

TEST(Attack15, AnIssuingCaThatTheDescriptorDoesNotNameIsRefused) {
  const test::TestZones& zones = shared_zones();
  const Authority& eu = *zones.eu.authority;
  const PrivateKey key = must(PrivateKey::generate(KeyKind::P384));
  std::vector<std::string> policies = policy_oids("eu", Use::TlsServer, Assurance::Low);
  // Same name as the real one, so that its CRL is found.
  const Certificate ca = must(issue_ca({eu.descriptor().root, eu.keys().root}, {"EU", "Sekisho zone eu", "eu issuing CA"},
                                       key.public_key(), 0, policies, {kNow, 30}));
  LeafRequest leaf;
  leaf.dns = "a.eu.example";
  leaf.organization = "Thief";
  leaf.country = "EU";
  leaf.policy = policies.back();
  const PrivateKey tls = must(PrivateKey::generate(KeyKind::P256));
  const Certificate c = must(issue_leaf({ca, key}, leaf, tls.public_key(), {kNow, 30}));
  const Code code = judged_at_jp({c.der(), ca.der()});
  EXPECT_TRUE(code == Code::CertificateInvalid || code == Code::SnapshotStale) << code_info(code).name;
}

TEST(Attack23, BombsAreRefusedBeforeTheyCostAnything) {
  const test::TestZones& zones = shared_zones();
  const Authority& eu = *zones.eu.authority;
  const CaKey root{eu.descriptor().root, eu.keys().root};
  const PrivateKey key = must(PrivateKey::generate(KeyKind::P384));
  std::vector<std::string> policies;
  for (int i = 0; i < 17; ++i) policies.push_back("1.2.3." + std::to_string(i));
  EXPECT_EQ(code_of(issue_ca(root, {"EU", "x", "y"}, key.public_key(), 0, policies, {kNow, 1})), Code::CertificateInvalid);
  CrossTerms terms = zones.jp.state->foreign_zone("eu")->recognition.cross_terms("jp");
  terms.space.dns_suffixes.clear();
  for (int i = 0; i < 10'000; ++i) terms.space.dns_suffixes.push_back("n" + std::to_string(i) + ".example");
  EXPECT_EQ(code_of(issue_cross_certificate(root, eu.descriptor().root, terms, kNow)), Code::CertificateInvalid);
  EXPECT_EQ(code_of(Crl::parse(Bytes(kMaxCrlBytes + 1))), Code::CertificateInvalid);
  EXPECT_EQ(code_of(parse_chain(std::vector<Bytes>(7, zones.trade.tls_chain[0]))), Code::CertificateInvalid);
}

}  // namespace
}  // namespace sekisho::trust
