// The attack table of the trust reference 6.9, rows by their numbers, through TrustState as nodes use it.
#include "trust/zone/trust_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/test_zone.hpp"
#include "trust/zone/enrolment.hpp"

namespace sekisho::trust {
namespace {

const Instant kNow = Instant(std::chrono::seconds(1'790'000'000));
using std::chrono::hours;
using std::chrono::minutes;

class TrustStateTest : public ::testing::Test {
 protected:
  test::TestZones zones_ = test::make_test_zones(kNow);

  Code code_at_jp(const std::vector<Bytes>& chain, Use use = Use::TlsClient, Instant at = kNow,
                  Assurance needed = Assurance::Low) const {
    const auto judged = zones_.jp.state->judge(chain, use, at, needed);
    if (judged) ADD_FAILURE() << "accepted " << judged->did;
    return judged ? Code::Internal : judged.error().code;
  }
};

TEST_F(TrustStateTest, HomeAndForeignNodesAreKnownForEveryUse) {
  for (const Use use : {Use::TlsClient, Use::TlsServer, Use::Statement}) {
    for (const auto* node : {&zones_.farm, &zones_.trade}) {
      const auto& chain = use == Use::Statement ? node->statement_chain : node->tls_chain;
      const auto judged = zones_.jp.state->judge(chain, use, kNow);
      ASSERT_TRUE(judged) << judged.error().chain();
      EXPECT_EQ(judged->did, node->did);
      EXPECT_EQ(judged->zone, node->zone);
      EXPECT_EQ(judged->organization, node->organization);
      EXPECT_EQ(judged->level, "substantial");
      EXPECT_EQ(judged->home, node->zone == "jp");
      EXPECT_EQ(judged->recognition == Digest{}, node->zone == "jp");
    }
  }
  const NodeRecord* record = zones_.jp.state->node("trade.eu.example");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->statement_certificate, zones_.trade.statement_cert);
  EXPECT_EQ(record->port, 9442);
  EXPECT_TRUE(record->log_key(log_origin(record->dns, kNow), kNow));
}

}  // namespace
}  // namespace sekisho::trust
