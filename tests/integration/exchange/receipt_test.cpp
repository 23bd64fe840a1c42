// A receipt that contradicts its release is kept, and the operator and the auditor see it.
#include "tests/integration/exchange/raw_peer.hpp"

namespace sekisho::test {
namespace {

class Receipts : public RawPeer {
 protected:
  void SetUp() override {
    RawPeer::SetUp();
    open("events");
  }
};

TEST_F(Receipts, AContradictionIsKeptAndSeen) {
  const trust::Statement release = statement_of(pull());
  ASSERT_EQ(release.subject.size(), 1U);
  const std::string lie = receipt(release, "verified", Digest{0x66});
  EXPECT_NE(post(lie).find("\"logged\""), std::string::npos);
  EXPECT_TRUE(eventually([this] { return count(world.farm, "NRR_IN") == 2; }));  // and that of the first exchange
  const std::string alerts = entries(world.farm, "ALERT");
  for (const std::string& told : {std::string("COMMITMENT_MISMATCH"), to_hex(release.id), to_hex(Digest{0x66}),
                                  to_hex(release.subject[0].commitment), std::string("did:web:trade.eu.example")}) {
    EXPECT_NE(alerts.find(told), std::string::npos) << told << " is not in " << alerts;
  }
  EXPECT_EQ(count(world.farm, "ALERT"), 1U);
  const std::string metrics = world.farm.operate("GET", "/metrics").body;
  EXPECT_NE(metrics.find("sekisho_alerts_total{code=\"COMMITMENT_MISMATCH\"} 1"), std::string::npos) << metrics;
  const JsonObject status = world.farm.status();
  ASSERT_TRUE(status.contains("log"));
  EXPECT_EQ(get_integer(status.at("log").get_object(), "alerts").value_or(-1), 1);

  EXPECT_NE(post(lie).find("\"known\""), std::string::npos);
  EXPECT_EQ(count(world.farm, "ALERT"), 1U) << "once for each receipt";
}

TEST_F(Receipts, AnHonestOneRaisesNoAlarm) {
  const trust::Statement release = statement_of(pull());
  ASSERT_EQ(release.subject.size(), 1U);
  EXPECT_NE(post(receipt(release, "verified", release.subject[0].commitment)).find("\"logged\""), std::string::npos);
  EXPECT_TRUE(eventually([this] { return count(world.farm, "NRR_IN") == 2; }));
  EXPECT_EQ(count(world.farm, "ALERT"), 0U);
}

TEST_F(Receipts, AWholeStreamRaisesNoAlarm) {
  StreamCall call(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return call.done(); }));
  ASSERT_TRUE(call.whole()) << call.error();
  ASSERT_TRUE(eventually([this] { return count(world.farm, "NRR_IN") == 2; }));
  EXPECT_EQ(count(world.farm, "ALERT"), 0U);
}

}  // namespace
}  // namespace sekisho::test
