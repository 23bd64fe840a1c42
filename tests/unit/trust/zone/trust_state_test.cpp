#include "trust/zone/trust_state.hpp"

#include "tests/unit/trust/zone/zone_kit.hpp"

namespace sekisho::trust {
namespace {

TEST(TrustState, HomeAndForeignNodesAreKnownForEveryUse) {
  const test::TestZones& zones = shared_zones();
  for (const Use use : {Use::TlsClient, Use::TlsServer, Use::Statement}) {
    for (const auto* node : {&zones.farm, &zones.trade}) {
      const auto& chain = use == Use::Statement ? node->statement_chain : node->tls_chain;
      for (int round = 0; round < 2; ++round) {  // the second from the cache
        const auto judged = zones.jp.state->judge(chain, use, kNow);
        ASSERT_TRUE(judged) << judged.error().chain();
        EXPECT_EQ(judged->did, node->did);
        EXPECT_EQ(judged->zone, node->zone);
        EXPECT_EQ(judged->organization, node->organization);
        EXPECT_EQ(judged->level, "substantial");
        EXPECT_EQ(judged->home, node->zone == "jp");
        EXPECT_EQ(judged->recognition == Digest{}, node->zone == "jp");
        EXPECT_EQ(judged->snapshot_seq, zones.jp.state->sequence());
        const bool has_key = judged->statement_key != decltype(judged->statement_key){};
        EXPECT_EQ(has_key, use == Use::Statement);
      }
    }
  }
}

TEST(TrustState, TheVerdictIsTheUsesOwn) {
  const test::TestZones& zones = shared_zones();
  EXPECT_EQ(code_of(zones.jp.state->judge(zones.trade.statement_chain, Use::TlsClient, kNow)),
            Code::CertificateInvalid);
  EXPECT_EQ(code_of(zones.jp.state->judge(zones.trade.tls_chain, Use::Statement, kNow)), Code::CertificateInvalid);
}

TEST(TrustState, NobodyKnowsTheStranger) {
  const test::TestZones& zones = shared_zones();
  EXPECT_EQ(code_of(zones.jp.state->judge(zones.stranger.tls_chain, Use::TlsClient, kNow)), Code::ZoneNotRecognised);
  EXPECT_EQ(code_of(zones.xx.state->judge(zones.farm.tls_chain, Use::TlsClient, kNow)), Code::ZoneNotRecognised);
  EXPECT_EQ(code_of(zones.jp.state->judge({}, Use::TlsClient, kNow)), Code::CertificateInvalid);
  EXPECT_EQ(zones.jp.state->node("node.xx.example"), nullptr);
  EXPECT_EQ(zones.jp.state->recognition_state("xx"), RecognitionState::None);
  EXPECT_EQ(zones.jp.state->recognition_state("eu"), RecognitionState::Active);
}

TEST(TrustState, NodeRecordsComeFromBothSnapshots) {
  const test::TestZones& zones = shared_zones();
  const NodeRecord* record = zones.jp.state->node("trade.eu.example");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->did, "did:web:trade.eu.example");
  EXPECT_EQ(record->statement_certificate, zones.trade.statement_cert);
  EXPECT_EQ(record->ip, "127.0.0.1");
  EXPECT_EQ(record->port, 9442);
  const auto key = record->log_key(log_origin(record->dns, kNow), kNow);
  ASSERT_TRUE(key);
  EXPECT_EQ(*key, must(zones.trade.log_key.public_key().ed25519()));
  EXPECT_TRUE(record->log_key("trade.eu.example/sekisho/2031h1.2", kNow));
  EXPECT_FALSE(record->log_key("farm.jp.example/sekisho/2031h1", kNow));
  EXPECT_FALSE(record->log_key("trade.eu.example/sekisho/2031h3", kNow));
  EXPECT_FALSE(record->log_key(log_origin(record->dns, kNow), kNow - std::chrono::hours(1)));
}

TEST(TrustState, AVerdictIsNotOlderThanItsStatus) {
  const test::TestZones zones = test::make_test_zones(kNow);
  const auto later = kNow + std::chrono::hours(25);
  ASSERT_TRUE(zones.jp.state->judge(zones.trade.tls_chain, Use::TlsClient, kNow));
  EXPECT_EQ(code_of(zones.jp.state->judge(zones.trade.tls_chain, Use::TlsClient, later)), Code::SnapshotStale);
  EXPECT_EQ(code_of(zones.jp.state->judge(zones.farm.tls_chain, Use::TlsClient, later)), Code::SnapshotStale);
  EXPECT_EQ(code_of(TrustState::load(zones.jp.descriptor, zones.jp.snapshot, later)), Code::SnapshotStale);
}

// The descriptor of one of the two zones ends then, and their recognition is of that descriptor.
void end_descriptor(TrustSnapshot& s, ZoneDescriptor& descriptor, const test::TestZone& zone, Instant at) {
  descriptor.valid_to = at;
  descriptor = must(ZoneDescriptor::parse(must(sign_descriptor(descriptor, zone.authority->keys().root))));
  ForeignZone& eu = s.foreign.front();
  SignedObject paper{must(recognition_body(s.descriptor, eu.descriptor, eu.recognition.terms)), {}};
  for (const test::TestZone* party : {&shared_zones().jp, &shared_zones().eu}) {
    must(add_signature(ObjectKind::Recognition, paper, party->authority->keys().root));
  }
  eu.recognition = must(Recognition::parse(encode_signed(paper)));
}

// A state is held for up to a day after it was loaded.
TEST(TrustState, ADescriptorEndsWhileTheStateIsHeld) {
  const test::TestZones& zones = shared_zones();
  const Instant end = kNow + std::chrono::minutes(1), later = end + std::chrono::seconds(1);
  const auto own =
      must(load_altered(zones.jp, [&](TrustSnapshot& s) { end_descriptor(s, s.descriptor, zones.jp, end); }));
  EXPECT_TRUE(own->judge(zones.farm.tls_chain, Use::TlsClient, end));
  EXPECT_EQ(code_of(own->judge(zones.farm.tls_chain, Use::TlsClient, later)), Code::SnapshotStale);

  const auto foreign = must(load_altered(
      zones.jp, [&](TrustSnapshot& s) { end_descriptor(s, s.foreign.front().descriptor, zones.eu, end); }));
  EXPECT_TRUE(foreign->judge(zones.trade.tls_chain, Use::TlsClient, end));
  EXPECT_EQ(code_of(foreign->judge(zones.trade.tls_chain, Use::TlsClient, later)), Code::ZoneNotRecognised);
  EXPECT_TRUE(foreign->judge(zones.farm.tls_chain, Use::TlsClient, later));
}

TEST(TrustState, TheAnchorIsADescriptorOrARoot) {
  const test::TestZones& zones = shared_zones();
  const Bytes& root = zones.jp.authority->descriptor().root.der();
  EXPECT_TRUE(TrustState::load(root, zones.jp.snapshot, kNow));
  EXPECT_EQ(code_of(TrustState::load(root, zones.eu.snapshot, kNow)), Code::SnapshotInvalid);
  EXPECT_EQ(code_of(TrustState::load(zones.xx.descriptor, zones.jp.snapshot, kNow)), Code::SnapshotInvalid);
  const Bytes& ca = zones.jp.authority->descriptor().cross_ca.der();
  EXPECT_EQ(code_of(TrustState::load(ca, zones.jp.snapshot, kNow)), Code::SnapshotInvalid);
}

TEST(TrustState, EveryAlteredOctetOfASnapshotIsRefused) {
  const test::TestZones& zones = shared_zones();
  ASSERT_TRUE(TrustState::load(zones.jp.descriptor, zones.jp.snapshot, kNow));
  std::size_t refused = 0;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < zones.jp.snapshot.size(); i += 97) {
    Bytes bytes = zones.jp.snapshot;
    bytes[i] ^= 0x01;
    ++tried;
    if (!TrustState::load(zones.jp.descriptor, bytes, kNow)) ++refused;
  }
  EXPECT_EQ(refused, tried);
  EXPECT_GT(tried, 50U);
}

}  // namespace
}  // namespace sekisho::trust
