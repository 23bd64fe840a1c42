#include "node/identity/absent_peer.hpp"

#include <gtest/gtest.h>

#include "tests/support/test_zone.hpp"

namespace sekisho::node {
namespace {

const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};

TEST(AbsentPeer, SaysWhatTheSnapshotKnows) {
  struct Row {
    const char* name;
    void (*change)(test::TestZones&);
    const char* dns;
    Code code;
  };
  const auto nothing = [](test::TestZones&) {};
  const Row rows[] = {
      {"suspended by the own zone", [](test::TestZones& z) { ASSERT_TRUE(z.jp.authority->suspend("eu", "review", kNow)); },
       "trade.eu.example", Code::RecognitionSuspended},
      {"suspended by the other zone", [](test::TestZones& z) { ASSERT_TRUE(z.eu.authority->suspend("jp", "review", kNow)); },
       "trade.eu.example", Code::RecognitionSuspended},
      {"withdrawn", [](test::TestZones& z) { ASSERT_TRUE(z.jp.authority->withdraw("eu", "over", kNow)); },
       "trade.eu.example", Code::ZoneNotRecognised},
      {"nobody of a suspended zone", [](test::TestZones& z) { ASSERT_TRUE(z.jp.authority->suspend("eu", "review", kNow)); },
       "other.eu.example", Code::PeerUnknown},
      {"a zone that was never recognised", nothing, "node.xx.example", Code::PeerUnknown},
      {"nobody at home", nothing, "other.jp.example", Code::PeerUnknown},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    test::TestZones zones = test::make_test_zones(kNow);
    row.change(zones);
    test::refresh(zones, kNow);
    ASSERT_EQ(zones.jp.state->node(row.dns), nullptr);
    const Error why = absent_peer(zones.jp.state.get(), row.dns);
    EXPECT_EQ(why.code, row.code) << why.message;
    EXPECT_NE(why.message.find(row.dns), std::string::npos) << why.message;
  }
  EXPECT_EQ(absent_peer(nullptr, "trade.eu.example").code, Code::PeerUnknown);
}

}  // namespace
}  // namespace sekisho::node
