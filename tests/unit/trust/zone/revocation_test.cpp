// Row 11 of the attack table: what is revoked is refused with the right reason, and status that is missing, old, from
// the future, going back, doubled or of another key is found.
#include "tests/unit/trust/zone/zone_kit.hpp"

namespace sekisho::trust {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Attack11 : public ::testing::Test {
 protected:
  Code foreign() const { return code_of(zones_.jp.state->judge(zones_.trade.tls_chain, Use::TlsClient, kNow)); }
  bool home_is_good() const { return zones_.jp.state->judge(zones_.farm.tls_chain, Use::TlsClient, kNow).has_value(); }
  void revoke(test::TestZone& zone, const Certificate& c) { must(zone.authority->revoke(c, 1, std::nullopt, kNow)); }
  const ZoneDescriptor& eu() const { return zones_.eu.authority->descriptor(); }

  // A CRL of the zone eu's issuing CA as nobody should make it.
  Crl crl_of(const CaKey& ca, std::uint64_t number, Instant from, Instant to) const {
    return must(issue_crl(ca, {}, {number, from, to}));
  }

  test::TestZones zones_ = test::make_test_zones(kNow);
};

TEST_F(Attack11, Leaf) {
  revoke(zones_.eu, must(Certificate::parse(zones_.trade.tls_chain[0])));
  test::refresh(zones_, kNow);
  EXPECT_EQ(foreign(), Code::CertificateRevoked);
  EXPECT_TRUE(zones_.jp.state->judge(zones_.trade.statement_chain, Use::Statement, kNow));
}

TEST_F(Attack11, ForeignIssuingCa) {
  revoke(zones_.eu, eu().issuing_cas.front());
  test::refresh(zones_, kNow);
  EXPECT_EQ(foreign(), Code::CertificateRevoked);
  EXPECT_TRUE(home_is_good());
}

TEST_F(Attack11, CrossCertificate) {
  revoke(zones_.jp, *zones_.jp.state->foreign_zone("eu")->cross_certificate);
  test::refresh(zones_, kNow);
  EXPECT_EQ(foreign(), Code::CertificateRevoked);
}

TEST_F(Attack11, OwnCrossCa) {
  revoke(zones_.jp, zones_.jp.authority->descriptor().cross_ca);
  test::refresh(zones_, kNow);
  EXPECT_EQ(foreign(), Code::CertificateRevoked);
  EXPECT_TRUE(home_is_good());
}

TEST_F(Attack11, EachMissingList) {
  for (std::size_t i = 0; i < 2; ++i) {
    const auto state = must(load_altered(zones_.jp, [&](TrustSnapshot& s) {
      s.foreign[0].crls.erase(s.foreign[0].crls.begin() + static_cast<std::ptrdiff_t>(i));
    }));
    EXPECT_EQ(code_of(state->judge(zones_.trade.tls_chain, Use::TlsClient, kNow)), Code::SnapshotStale);
  }
  for (std::size_t i = 0; i < 2; ++i) {  // own root, own cross-CA; the third is the own issuing CA
    const auto state = must(load_altered(
        zones_.jp, [&](TrustSnapshot& s) { s.crls.erase(s.crls.begin() + static_cast<std::ptrdiff_t>(i)); }));
    EXPECT_EQ(code_of(state->judge(zones_.trade.tls_chain, Use::TlsClient, kNow)), Code::SnapshotStale);
  }
}

TEST_F(Attack11, StaleOrFromTheFutureOrOlderThanTheRecognitionAllows) {
  const CaKey ca = issuing_ca(zones_.eu);
  const struct {
    Instant from, to;
    Code code;
  } cases[] = {{kNow - hours(48), kNow - hours(1), Code::SnapshotStale},
               {kNow + hours(1), kNow + hours(24), Code::SnapshotStale},
               {kNow - hours(25), kNow + hours(24), Code::SnapshotStale}};  // current, but over max_status_age
  for (const auto& c : cases) {
    const auto state = must(load_altered(zones_.jp, [&](TrustSnapshot& s) {
      std::erase_if(s.foreign[0].crls, [&](const Crl& x) { return x.issuer_der() == ca.certificate.subject_der(); });
      s.foreign[0].crls.push_back(crl_of(ca, 99, c.from, c.to));
    }));
    EXPECT_EQ(code_of(state->judge(zones_.trade.tls_chain, Use::TlsClient, kNow)), c.code);
  }
}

TEST_F(Attack11, LowerNumber) {
  const Bytes older = zones_.eu.snapshot;
  test::refresh(zones_, kNow);
  // A newer snapshot with an older list: the numbers must rise with the sequence.
  TrustSnapshot mixed = must(TrustSnapshot::parse(zones_.eu.snapshot));
  mixed.sequence += 1;
  mixed.previous = mixed.id;
  mixed.crls = must(TrustSnapshot::parse(older)).crls;
  const Bytes bytes = must(sign_snapshot(mixed, zones_.eu.authority->keys().status));
  EXPECT_EQ(code_of(zones_.jp.authority->import_peer_snapshot(bytes, kNow)), Code::SnapshotRollback);
  EXPECT_EQ(code_of(zones_.jp.authority->import_peer_snapshot(older, kNow)), Code::SnapshotRollback);
}

TEST_F(Attack11, NeverTwoListsInOneSecond) {
  std::optional<Instant> last;
  std::uint64_t number = 0;
  for (int i = 0; i < 5; ++i) {
    test::publish(zones_.jp, kNow);
    for (const Crl& crl : zones_.jp.state->crls()) {
      if (crl.issuer_der() != zones_.jp.authority->descriptor().cross_ca.subject_der()) continue;
      if (last) {
        EXPECT_GE(crl.this_update() - *last, std::chrono::seconds(1));
      }
      EXPECT_GT(crl.number().value_or(0), number);
      EXPECT_LE(crl.this_update(), kNow);
      last = crl.this_update();
      number = crl.number().value_or(0);
    }
  }
  // And a snapshot with two lists of one CA is refused.
  const CaKey ca = issuing_ca(zones_.jp);
  const auto doubled = [&](TrustSnapshot& s) { s.crls.push_back(crl_of(ca, 98, kNow - minutes(1), kNow + hours(1))); };
  EXPECT_EQ(code_of(load_altered(zones_.jp, doubled)), Code::SnapshotInvalid);
}

TEST_F(Attack11, WrongKeyAndIndirect) {
  const PrivateKey other = must(PrivateKey::generate(KeyKind::P384));
  const CaKey forged[] = {{eu().issuing_cas.front(), other},                      // right name, wrong key
                          {zones_.xx.authority->descriptor().issuing_cas.front(),  // another CA speaks
                           zones_.xx.authority->keys().issuing_ca}};
  for (const CaKey& ca : forged) {
    const auto loaded = load_altered(zones_.jp, [&](TrustSnapshot& s) {
      s.foreign[0].crls = {crl_of(ca, 97, kNow - minutes(1), kNow + hours(1))};
    });
    EXPECT_EQ(code_of(loaded), Code::SnapshotInvalid);
  }
}

// Either side ends a recognition for both, without holding the other's own decision.
TEST_F(Attack11, WhatThePeerEndsEndsHereToo) {
  const auto trade_at_jp = [this] { return zones_.jp.state->judge(zones_.trade.tls_chain, Use::TlsClient, kNow); };
  const auto farm_at_eu = [this] { return zones_.eu.state->judge(zones_.farm.tls_chain, Use::TlsServer, kNow); };
  must(zones_.eu.authority->suspend("jp", "review", kNow));
  test::refresh(zones_, kNow);
  EXPECT_EQ(code_of(trade_at_jp()), Code::RecognitionSuspended);
  EXPECT_EQ(code_of(farm_at_eu()), Code::RecognitionSuspended);
  EXPECT_TRUE(zones_.jp.state->foreign_zone("eu")->by_peer);
  must(zones_.eu.authority->resume("jp", "done", kNow));
  test::refresh(zones_, kNow);
  EXPECT_TRUE(trade_at_jp());
  EXPECT_TRUE(farm_at_eu());

  // Both at once: each resumes its own, and the repeated suspensions hold nobody.
  must(zones_.eu.authority->suspend("jp", "review", kNow));
  must(zones_.jp.authority->suspend("eu", "review", kNow));
  for (int i = 0; i < 3; ++i) test::refresh(zones_, kNow);
  must(zones_.jp.authority->resume("eu", "done", kNow));
  test::refresh(zones_, kNow);
  EXPECT_EQ(code_of(trade_at_jp()), Code::RecognitionSuspended);
  must(zones_.eu.authority->resume("jp", "done", kNow));
  for (int i = 0; i < 2; ++i) test::refresh(zones_, kNow);
  EXPECT_TRUE(trade_at_jp());
  EXPECT_TRUE(farm_at_eu());

  must(zones_.eu.authority->withdraw("jp", "over", kNow));
  test::refresh(zones_, kNow);
  EXPECT_EQ(code_of(trade_at_jp()), Code::RecognitionSuspended);
}

}  // namespace
}  // namespace sekisho::trust
