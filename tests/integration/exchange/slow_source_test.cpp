// What ends a permission while the source is still being read: nothing is released, and the refusal says why.
#include "tests/integration/exchange/held_source.hpp"
#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

class SlowSource : public StreamWorld {
 protected:
  void SetUp() override {
    world.farm.settings.egress = {source.address()};
    world.start();
  }

  // The call has reached the source; false when it was answered before.
  bool reached(const StreamCall& call, std::size_t before) {
    EXPECT_TRUE(eventually([&] { return source.asked() > before || call.done(); }));
    return source.asked() > before;
  }

  void refused(const StreamCall& call, int status, const std::string& code) {
    ASSERT_TRUE(eventually([&] { return call.done(); }));
    EXPECT_EQ(call.status(), status) << call.body();
    EXPECT_NE(call.body().find("\"" + code + "\""), std::string::npos) << call.body();
    EXPECT_EQ(count(world.farm, "NRO_OUT"), 0U);
    EXPECT_NE(entries(world.farm, "REFUSAL_OUT").find("\"" + code + "\""), std::string::npos);
  }

  HeldSource source;
};

TEST_F(SlowSource, AnOfferWithdrawnMeanwhileReleasesNothing) {
  offer("slow", source.manifest());
  StreamCall call(world.trade, data_target("slow"));
  ASSERT_TRUE(reached(call, 0)) << call.body();
  const JsonObject remove{{"remove", JsonArray{JsonObject{{"kind", "offer"}, {"id", "offer-slow"}}}}};
  const auto answer = world.farm.operate("POST", "/apply", to_text(Json(remove)));
  ASSERT_EQ(answer.status, 200) << answer.body;
  source.let();
  refused(call, 404, "OFFER_UNKNOWN");
}

TEST_F(SlowSource, APermissionThatEndedMeanwhileReleasesNothing) {
  // On a slow machine the time may be up before the source is asked: once more, with more of it.
  for (std::chrono::seconds life{3}; life < std::chrono::minutes(2); life *= 2) {
    const std::string id = "slow" + std::to_string(life.count());
    const Instant until = SystemClock().now() + life;
    const std::size_t before = source.asked();
    offer(id, source.manifest(), until);
    StreamCall call(world.trade, data_target(id));
    if (!reached(call, before)) continue;
    ASSERT_TRUE(eventually([&] { return SystemClock().now() > until + std::chrono::milliseconds(200); }));
    source.let();
    refused(call, 403, "EXPIRED");
    return;
  }
  FAIL() << "the source was never asked in time";
}

}  // namespace
}  // namespace sekisho::test
