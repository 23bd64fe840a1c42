#include "trust/pki/names.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho::trust {
namespace {

TEST(Names, DnsNamesHaveOnePlainForm) {
  for (const char* good : {"a.b", "farm.jp.example", "x-1.y2.example", "1a.example"}) EXPECT_TRUE(is_dns_name(good)) << good;
  for (const char* bad : {"", "a", ".a.b", "a.b.", "a..b", "A.b", "-a.b", "a-.b", "a_b.c", "xn--a.b", "a b.c", "*.a.b",
                          "1.2.3.4", "a.1", "a.b:80", "a/b.c", "%61.b", "é.b"}) {
    EXPECT_FALSE(is_dns_name(bad)) << bad;
  }
  EXPECT_FALSE(is_dns_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b")) << "a label of 64";
  std::string name;
  for (int i = 0; i < 30; ++i) name.append("aaaaaaaaa.");
  EXPECT_FALSE(is_dns_name(name.append("b")));
}

TEST(Names, SuffixesEndAtADot) {
  EXPECT_TRUE(within_suffix("jp.example", "jp.example"));
  EXPECT_TRUE(within_suffix("a.jp.example", "jp.example"));
  EXPECT_FALSE(within_suffix("ajp.example", "jp.example"));
  EXPECT_FALSE(within_suffix(".jp.example", "jp.example"));
  EXPECT_FALSE(within_suffix("example", "jp.example"));
}

TEST(Names, EveryZoneUseAndLevelHasItsOwnOid) {
  const auto zone_id = rc::gen::suchThat(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abz9-"))), is_zone_id);
  EXPECT_TRUE(rc::check("policy OIDs are injective and read back", [&] {
    const std::string a = *zone_id;
    const std::string b = *zone_id;
    for (const Use use : {Use::TlsServer, Use::Statement}) {
      for (const Assurance level : {Assurance::Low, Assurance::Substantial}) {
        const std::string oid = policy_oid(a, use, level);
        RC_ASSERT(assurance_of(a, use, oid) == level);
        RC_ASSERT((assurance_of(b, use, oid) == level) == (a == b));
      }
    }
  }));
  EXPECT_NE(policy_oid("jp", Use::TlsServer, Assurance::Low), policy_oid("jp", Use::Statement, Assurance::Low));
  EXPECT_EQ(policy_oid("jp", Use::TlsServer, Assurance::Low), policy_oid("jp", Use::TlsClient, Assurance::Low));
  EXPECT_EQ(policy_oids("jp", Use::TlsServer, Assurance::Substantial).size(), 1U);
}

TEST(Names, ZoneIdsAreShortAndPlain) {
  for (const char* good : {"jp", "eu", "a", "zone-1"}) EXPECT_TRUE(is_zone_id(good)) << good;
  for (const char* bad : {"", "JP", "1a", "a-", "a_b", "ninechars", "a b"}) EXPECT_FALSE(is_zone_id(bad)) << bad;
}

}  // namespace
}  // namespace sekisho::trust
