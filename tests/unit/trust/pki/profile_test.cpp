#include "trust/pki/profile.hpp"

#include <gtest/gtest.h>

#include "trust/pki/issue.hpp"
#include "trust/pki/path.hpp"

namespace sekisho::trust {
namespace {

const Instant kNow = Instant(std::chrono::seconds(1'790'000'000));
using std::chrono::hours;
using std::chrono::minutes;

Code code_of(const auto& result) { return result ? Code::Internal : result.error().code; }

// A root, a cross-CA and a foreign root: what a cross-certificate is made of.
struct Parties {
  PrivateKey root_key = *PrivateKey::generate(KeyKind::P384);
  PrivateKey ca_key = *PrivateKey::generate(KeyKind::P384);
  PrivateKey foreign_key = *PrivateKey::generate(KeyKind::P384);
  Certificate root = *issue_root({"JP", "Zone", "root"}, root_key, {kNow, 100});
  Certificate cross_ca = *issue_ca({root, root_key}, {"JP", "Zone", "cross-CA"}, ca_key.public_key(), 2,
                                   policy_oids("jp", Use::TlsServer, Assurance::Low), {kNow, 100});
  Certificate foreign_root = *issue_root({"EU", "Zone", "root"}, foreign_key, {kNow, 100});
  CrossTerms terms{{{policy_oid("jp", Use::TlsServer, Assurance::Low), policy_oid("eu", Use::TlsServer, Assurance::Low)}},
                   {{"eu.example"}, {"EU"}},
                   kNow + hours(24 * 50),
                   366};
};

TEST(Issue, CertificatesBeginTenMinutesBackAndHaveRandomSerials) {
  const Parties p;
  EXPECT_EQ(p.root.not_before(), kNow - minutes(10));
  EXPECT_EQ(p.root.not_after(), kNow + hours(24 * 100));
  EXPECT_EQ(p.root.serial().size(), 16U);
  EXPECT_TRUE(p.root.positive_serial());
  EXPECT_NE(p.root.serial(), p.cross_ca.serial());
  EXPECT_EQ(p.root.path_length(), -1);
  EXPECT_EQ(p.cross_ca.path_length(), 2);
  EXPECT_EQ(p.cross_ca.country(), "JP");
  EXPECT_EQ(p.cross_ca.common_name(), "cross-CA");
  EXPECT_TRUE(check_root(p.root));
  EXPECT_TRUE(check_ca(p.cross_ca, p.root, 2));
  EXPECT_EQ(code_of(check_ca(p.cross_ca, p.root, 0)), Code::CertificateProfile);
  EXPECT_EQ(code_of(check_ca(p.cross_ca, p.foreign_root, 2)), Code::CertificateProfile);
  EXPECT_EQ(code_of(check_root(p.cross_ca)), Code::CertificateProfile);
}

TEST(Issue, ACrossCertificateIsWhatTheTermsSay) {
  const Parties p;
  const Certificate cross = *issue_cross_certificate({p.cross_ca, p.ca_key}, p.foreign_root, p.terms, kNow);
  EXPECT_EQ(cross.subject_der(), p.foreign_root.subject_der());
  EXPECT_EQ(cross.spki(), p.foreign_root.spki());
  EXPECT_EQ(cross.path_length(), 1);
  EXPECT_EQ(cross.not_after(), p.terms.not_after_limit);
  EXPECT_TRUE(cross.has_name_constraints());
  ASSERT_EQ(cross.mappings().size(), 1U);
  EXPECT_EQ(cross.mappings()[0].first, p.terms.mappings[0].own);
  EXPECT_TRUE(check_cross_certificate(cross, p.cross_ca, p.foreign_root, p.terms));
}

TEST(Issue, ACrossCertificateOfOtherTermsIsRefused) {
  const Parties p;
  std::vector<std::pair<const char*, CrossTerms>> others;
  const auto add = [&](const char* name, auto change) {
    CrossTerms t = p.terms;
    change(t);
    others.emplace_back(name, t);
  };
  add("wider suffix", [](CrossTerms& t) { t.space.dns_suffixes = {"example.com"}; });
  add("another suffix more", [](CrossTerms& t) { t.space.dns_suffixes.push_back("b.example"); });
  add("another country", [](CrossTerms& t) { t.space.countries = {"JP"}; });
  add("no country", [](CrossTerms& t) { t.space.countries.clear(); });
  add("another level", [](CrossTerms& t) { t.mappings[0].own = policy_oid("jp", Use::TlsServer, Assurance::Substantial); });
  add("one mapping more", [](CrossTerms& t) {
    t.mappings.push_back({policy_oid("jp", Use::Statement, Assurance::Low), policy_oid("eu", Use::Statement, Assurance::Low)});
  });
  add("longer", [](CrossTerms& t) { t.not_after_limit += hours(24); });
  for (const auto& [name, terms] : others) {
    const Certificate cross = *issue_cross_certificate({p.cross_ca, p.ca_key}, p.foreign_root, terms, kNow);
    EXPECT_EQ(code_of(check_cross_certificate(cross, p.cross_ca, p.foreign_root, p.terms)), Code::CertificateProfile) << name;
  }
  const Certificate good = *issue_cross_certificate({p.cross_ca, p.ca_key}, p.foreign_root, p.terms, kNow);
  EXPECT_EQ(code_of(check_cross_certificate(good, p.cross_ca, p.root, p.terms)), Code::CertificateProfile);
  EXPECT_EQ(code_of(check_cross_certificate(good, p.root, p.foreign_root, p.terms)), Code::CertificateProfile);
  EXPECT_EQ(code_of(check_cross_certificate(p.cross_ca, p.root, p.foreign_root, p.terms)), Code::CertificateProfile);
}

TEST(Issue, LeavesAreForTheirKeyKindAndUse) {
  const Parties p;
  const PrivateKey tls = *PrivateKey::generate(KeyKind::P256);
  const PrivateKey ed = *PrivateKey::generate(KeyKind::Ed25519);
  LeafRequest request;
  request.dns = "a.jp.example";
  request.organization = "Org";
  request.country = "JP";
  request.policy = policy_oid("jp", Use::TlsServer, Assurance::Low);
  const Certificate leaf = *issue_leaf({p.cross_ca, p.ca_key}, request, tls.public_key(), {kNow, 30});
  const auto names = check_leaf(leaf, Use::TlsClient);
  ASSERT_TRUE(names) << names.error().chain();
  EXPECT_EQ(names->did, "did:web:a.jp.example");
  EXPECT_EQ(code_of(check_leaf(leaf, Use::Statement)), Code::CertificateProfile);
  EXPECT_EQ(code_of(issue_leaf({p.cross_ca, p.ca_key}, request, ed.public_key(), {kNow, 30})), Code::InvalidArgument);
  request.use = Use::Statement;
  const Certificate statement = *issue_leaf({p.cross_ca, p.ca_key}, request, ed.public_key(), {kNow, 30});
  EXPECT_TRUE(check_leaf(statement, Use::Statement));
  EXPECT_EQ(code_of(check_leaf(statement, Use::TlsServer)), Code::CertificateProfile);
  request.use = Use::TlsServer;
  const Certificate old = *issue_leaf({p.root, p.root_key}, request, tls.public_key(), {kNow, 99});
  EXPECT_TRUE(check_leaf(old, Use::TlsServer));
  EXPECT_EQ(code_of(check_leaf(p.cross_ca, Use::TlsServer)), Code::CertificateProfile);
  request.dns = "not a name,DNS:evil.example";
  EXPECT_EQ(code_of(issue_leaf({p.cross_ca, p.ca_key}, request, tls.public_key(), {kNow, 30})), Code::InvalidArgument);
}

TEST(Crl, HoldsWhatWasRevokedAndForHowLongItCounts) {
  const Parties p;
  const RevokedEntry entries[] = {{p.cross_ca.serial(), kNow, kNow - hours(5), 1}, {Bytes{0x42}, kNow, std::nullopt, 0}};
  const Crl crl = *issue_crl({p.root, p.root_key}, entries, {7, kNow - minutes(10), kNow + hours(24)});
  EXPECT_EQ(crl.number(), 7U);
  EXPECT_TRUE(crl.covers(kNow));
  EXPECT_FALSE(crl.covers(kNow + hours(25)));
  EXPECT_FALSE(crl.covers(kNow - hours(1)));
  const auto found = crl.revocation(p.cross_ca);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at, kNow);
  EXPECT_EQ(found->reason, 1);
  EXPECT_EQ(found->invalid_since, kNow - hours(5));
  EXPECT_FALSE(crl.revocation(p.foreign_root));
  EXPECT_TRUE(crl.signed_by(p.root));
  EXPECT_EQ(code_of(crl.signed_by(p.foreign_root)), Code::SignatureInvalid);
  EXPECT_EQ(next_crl_time(kNow, std::nullopt), kNow - minutes(10));
  EXPECT_EQ(next_crl_time(kNow, kNow - minutes(10)), kNow - minutes(10) + std::chrono::seconds(1));
}

TEST(Certificate, IsParsedWholeOrNotAtAll) {
  const Parties p;
  const Bytes& der = p.root.der();
  ASSERT_TRUE(Certificate::parse(der));
  Bytes longer = der;
  longer.push_back(0);
  EXPECT_EQ(code_of(Certificate::parse(longer)), Code::CertificateInvalid);
  for (std::size_t n = 0; n < der.size(); n += 7) {
    EXPECT_EQ(code_of(Certificate::parse(BytesView(der).first(n))), Code::CertificateInvalid);
  }
  EXPECT_EQ(code_of(Certificate::parse(Bytes(kMaxCertificateBytes + 1))), Code::CertificateInvalid);
}

TEST(Certificate, PemKeepsTheOrder) {
  const Parties p;
  const Certificate chain[] = {p.cross_ca, p.root};
  const auto back = chain_from_pem(to_pem(chain));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, (std::vector{p.cross_ca.der(), p.root.der()}));
  EXPECT_EQ(code_of(chain_from_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")), Code::CertificateInvalid);
  EXPECT_EQ(code_of(chain_from_pem("")), Code::CertificateInvalid);
}

TEST(Path, AForeignRootInTheStoreWouldBypassEveryConstraintSoNoneIsThere) {
  // The rule behind TrustState: the same leaf, once with the foreign root trusted.
  const Parties p;
  const std::vector<std::string> oids = policy_oids("eu", Use::TlsServer, Assurance::Low);
  const PrivateKey key = *PrivateKey::generate(KeyKind::P384);
  const Certificate issuing = *issue_ca({p.foreign_root, p.foreign_key}, {"EU", "Zone", "issuing"}, key.public_key(), 0, oids, {kNow, 50});
  const PrivateKey tls = *PrivateKey::generate(KeyKind::P256);
  LeafRequest request;
  request.dns = "a.jp.example";  // outside eu
  request.organization = "Org";
  request.country = "EU";
  request.policy = oids.front();
  const Certificate leaf = *issue_leaf({issuing, key}, request, tls.public_key(), {kNow, 30});
  const Certificate cross = *issue_cross_certificate({p.cross_ca, p.ca_key}, p.foreign_root, p.terms, kNow);
  const CrlTerms times{1, kNow - minutes(10), kNow + hours(1)};
  const std::vector<Crl> crls = {*issue_crl({p.root, p.root_key}, {}, times), *issue_crl({p.cross_ca, p.ca_key}, {}, times),
                                 *issue_crl({p.foreign_root, p.foreign_key}, {}, times), *issue_crl({issuing, key}, {}, times)};
  PathSettings settings;
  settings.use = Use::TlsClient;
  settings.policies = {p.terms.mappings[0].own};
  const Certificate chain[] = {leaf, issuing};
  const std::vector<Certificate> right = {p.root, p.cross_ca, cross};
  EXPECT_EQ(code_of(PathStore::build(right, crls)->verify(chain, settings, kNow)), Code::CertificateInvalid);
  const std::vector<Certificate> wrong = {p.root, p.cross_ca, p.foreign_root};
  settings.policies = oids;
  EXPECT_TRUE(PathStore::build(wrong, crls)->verify(chain, settings, kNow));
  settings.policies.clear();
  EXPECT_EQ(code_of(PathStore::build(right, crls)->verify(chain, settings, kNow)), Code::Internal);
}

// The signatures of a path are remembered; its times are not.
TEST(Path, ARememberedPathEndsWithItsCertificates) {
  const Parties p;
  const std::vector<std::string> oids = policy_oids("jp", Use::TlsServer, Assurance::Low);
  const PrivateKey key = *PrivateKey::generate(KeyKind::P384);
  const Certificate issuing = *issue_ca({p.root, p.root_key}, {"JP", "Zone", "issuing"}, key.public_key(), 0, oids, {kNow, 50});
  const PrivateKey tls = *PrivateKey::generate(KeyKind::P256);
  LeafRequest request;
  request.dns = "a.jp.example";
  request.organization = "Org";
  request.country = "JP";
  request.policy = oids.front();
  const Certificate leaf = *issue_leaf({issuing, key}, request, tls.public_key(), {kNow, 30});
  const CrlTerms times{1, kNow - hours(48), kNow + hours(24 * 60)};
  const std::vector<Crl> crls = {*issue_crl({p.root, p.root_key}, {}, times), *issue_crl({issuing, key}, {}, times)};
  const PathStore store = *PathStore::build(std::vector<Certificate>{p.root}, crls);
  PathSettings settings;
  settings.use = Use::TlsClient;
  settings.policies = oids;
  const Certificate chain[] = {leaf, issuing};
  const auto judged = [&](Instant at) { return store.verify(chain, settings, at).has_value(); };
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(judged(kNow));
  EXPECT_TRUE(judged(leaf.not_before()));
  EXPECT_FALSE(judged(leaf.not_before() - std::chrono::seconds(1)));
  EXPECT_TRUE(judged(leaf.not_after() - std::chrono::seconds(1)));
  EXPECT_EQ(code_of(store.verify(chain, settings, leaf.not_after())), Code::CertificateInvalid);
  // Nor are those of its lists.
  const CrlTerms hour{2, kNow - hours(1), kNow + hours(1)};
  const std::vector<Crl> brief = {*issue_crl({p.root, p.root_key}, {}, hour), *issue_crl({issuing, key}, {}, hour)};
  const PathStore passing = *PathStore::build(std::vector<Certificate>{p.root}, brief);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(passing.verify(chain, settings, kNow));
  EXPECT_EQ(code_of(passing.verify(chain, settings, kNow + hours(1))), Code::SnapshotStale);
  // Another signature of the same names is none.
  const PrivateKey thief = *PrivateKey::generate(KeyKind::P384);
  const Certificate forged[] = {*issue_leaf({issuing, thief}, request, tls.public_key(), {kNow, 30}), issuing};
  EXPECT_EQ(code_of(store.verify(forged, settings, kNow)), Code::CertificateInvalid);
}

}  // namespace
}  // namespace sekisho::trust
