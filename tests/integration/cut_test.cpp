// Who takes a permission back ends a running stream, on either side; what crossed before stays, and after the
// permission is given again a new call succeeds.
#include <fstream>

#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

class Cuts : public StreamWorld {
 protected:
  void SetUp() override {
    std::ofstream bulk(world.folder.path() / "large.ndjson");
    for (int n = 0; n < 32 * 1024; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1005, 'x') << "\"}\n";
    bulk.close();
    world.start();
  }
  std::string agreement(LoopbackNode& node) {
    const JsonObject answer = object_in(node.operate("GET", "/agreements").body);
    const auto rows = get_array(answer, "agreements");
    for (const Json& row : **rows) {
      if (get_string(row.get_object(), "dataset") == "large")
        return get_string(row.get_object(), "agreement").value_or("");
    }
    return "";
  }
  void act(LoopbackNode& node, const std::string& verb) {
    const auto answer = node.operate("POST", "/agreements/" + agreement(node) + "/" + verb);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  void recognise_again(TestZone& zone, const char* peer) {
    ASSERT_TRUE(zone.authority->resume(peer, "done", SystemClock().now()));
    world.publish();
  }
  // Each zone's own snapshot reaches its node, and the other zone.
  void suspend(TestZone& zone, const char* peer) {
    ASSERT_TRUE(zone.authority->suspend(peer, "review", SystemClock().now()));
    world.publish();
  }
  http::ClientResponse call() {
    StreamCall again(world.trade, data_target("large"));
    (void)eventually([&] { return again.done(); }, std::chrono::seconds(90));
    http::ClientResponse out;
    out.status = again.whole() ? again.status() : 0;
    out.body = again.error();
    return out;
  }
};

struct Cut {
  const char* name;
  const char* end;  // at the provider
  void (*take)(Cuts&);
  void (*give)(Cuts&);
};

class CutBy : public Cuts, public ::testing::WithParamInterface<Cut> {
 public:
  static void provider_suspends(Cuts& t) { static_cast<CutBy&>(t).act(static_cast<CutBy&>(t).world.farm, "suspend"); }
  static void provider_resumes(Cuts& t) { static_cast<CutBy&>(t).act(static_cast<CutBy&>(t).world.farm, "resume"); }
  static void consumer_suspends(Cuts& t) { static_cast<CutBy&>(t).act(static_cast<CutBy&>(t).world.trade, "suspend"); }
  static void consumer_resumes(Cuts& t) { static_cast<CutBy&>(t).act(static_cast<CutBy&>(t).world.trade, "resume"); }
  static void jp_suspends(Cuts& t) { static_cast<CutBy&>(t).suspend(static_cast<CutBy&>(t).world.jp, "eu"); }
  static void jp_resumes(Cuts& t) { static_cast<CutBy&>(t).recognise_again(static_cast<CutBy&>(t).world.jp, "eu"); }
  static void eu_suspends(Cuts& t) { static_cast<CutBy&>(t).suspend(static_cast<CutBy&>(t).world.eu, "jp"); }
  static void eu_resumes(Cuts& t) { static_cast<CutBy&>(t).recognise_again(static_cast<CutBy&>(t).world.eu, "jp"); }
  static void offer_goes(Cuts& t) {
    const Json remove = JsonObject{{"remove", JsonArray{JsonObject{{"kind", "offer"}, {"id", "offer-large"}}}}};
    EXPECT_EQ(static_cast<CutBy&>(t).world.farm.operate("POST", "/apply", to_text(remove)).status, 200);
  }
  static void offer_comes(Cuts& t) {
    LoopbackWorld& world = static_cast<CutBy&>(t).world;
    EXPECT_EQ(world.farm.operate("POST", "/apply", to_text(Json(world.offers()))).status, 200);
  }
};

TEST_P(CutBy, TheStreamEndsThereAndANewCallSucceedsAfterwards) {
  const Cut& cut = GetParam();
  StreamCall stream(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return stream.size() > 0; })) << stream.error();
  stream.hold();  // the client reads no more: what is on its way stays there
  ASSERT_EQ(count(world.farm, "STREAM_END_OUT"), 0U) << "the stream is to be cut in its midst";
  cut.take(*this);
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", cut.end)) << entries(world.farm, "STREAM_END_OUT");
  stream.go_on();
  ASSERT_TRUE(eventually([&] { return stream.done(); }));
  EXPECT_FALSE(stream.whole());
  EXPECT_TRUE(eventually([this] { return entries(world.trade, "NRR_OUT").find("\"partial\"") != std::string::npos; }));
  EXPECT_LT(stream.size(), 32U << 20);
  const std::string whole = file_text(world.folder.path() / "large.ndjson");
  EXPECT_TRUE(whole.starts_with(stream.body()));
  EXPECT_NE(call().status, 200) << "while it is taken back nothing is served";
  cut.give(*this);
  http::ClientResponse again;
  EXPECT_TRUE(eventually([&] { return (again = call()).status == 200; }, std::chrono::seconds(150))) << again.body;
}

INSTANTIATE_TEST_SUITE_P(
    Causes, CutBy,
    ::testing::Values(
        Cut{"recognition_by_the_providers_zone", "RECOGNITION_SUSPENDED", &CutBy::jp_suspends, &CutBy::jp_resumes},
        Cut{"recognition_by_the_consumers_zone", "RECOGNITION_SUSPENDED", &CutBy::eu_suspends, &CutBy::eu_resumes},
        Cut{"agreement_by_the_provider", "TRANSFER_NOT_STARTED", &CutBy::provider_suspends, &CutBy::provider_resumes},
        Cut{"agreement_by_the_consumer", "TRANSFER_NOT_STARTED", &CutBy::consumer_suspends, &CutBy::consumer_resumes},
        Cut{"offer", "OFFER_UNKNOWN", &CutBy::offer_goes, &CutBy::offer_comes}),
    [](const auto& i) { return i.param.name; });

// A stop that is asked for says its own name on both sides, also where the client reads no more.
TEST_F(Cuts, AGracefulStopEndsAStreamByItsName) {
  StreamCall stream(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return stream.size() > 0; })) << stream.error();
  stream.hold();
  world.farm.node->drain(std::chrono::seconds(10));
  world.farm.stop();
  stream.go_on();
  ASSERT_TRUE(eventually([&] { return stream.done(); }));
  EXPECT_FALSE(stream.whole());
  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  EXPECT_EQ(count(world.farm, "STREAM_END_OUT"), 1U);
  EXPECT_NE(entries(world.farm, "STREAM_END_OUT").find("\"reason\":\"DRAINING\""), std::string::npos)
      << entries(world.farm, "STREAM_END_OUT");
}

// One that runs is as open as one that waits for its receipt.
TEST_F(Cuts, RunningStreamsCountAgainstTheLimitOfOpenExchanges) {
  world.farm.stop();
  world.farm.settings.limits.open_exchanges = 1;
  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  StreamCall stream(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return stream.size() > 0; })) << stream.error();
  stream.hold();
  const auto second = world.trade.service("GET", data_target("large"));
  EXPECT_EQ(code_in(second), "OPEN_EXCHANGES") << second.status;
  stream.hang_up();
  EXPECT_TRUE(eventually([&] { return call().status == 200; }, std::chrono::seconds(90)));
}

// The provider cannot know why the connection went; the consumer says it, to its client and in its receipt.
TEST_F(Cuts, WhatOnlyTheConsumersZoneKnowsTheConsumerSays) {
  StreamCall stream(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return stream.size() > 0; })) << stream.error();
  stream.hold();
  ASSERT_TRUE(world.eu.authority->suspend("jp", "review", SystemClock().now()));
  publish(world.eu, SystemClock().now());
  world.trade.install_snapshot(world.eu.snapshot);
  EXPECT_TRUE(ends_with(world.trade, "NRR_OUT", "RECOGNITION_SUSPENDED")) << entries(world.trade, "NRR_OUT");
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "CONNECTION")) << entries(world.farm, "STREAM_END_OUT");
  const auto answer = world.trade.service("GET", data_target("events"));
  EXPECT_EQ(code_in(answer), "RECOGNITION_SUSPENDED") << answer.body;
  recognise_again(world.eu, "jp");
  EXPECT_TRUE(ends_with(world.farm, "NRR_IN", "RECOGNITION_SUSPENDED")) << entries(world.farm, "NRR_IN");
}

struct Retirement {
  const char* name;
  bool by_provider;
  bool peer_down;
};

class RetiredBy : public Cuts, public ::testing::WithParamInterface<Retirement> {};

// Both sides know, both say so, and it is final on both; also where the other was down when it was told.
TEST_P(RetiredBy, TheOtherSideLearnsThatTheAgreementIsGone) {
  ASSERT_EQ(call().status, 200);
  LoopbackNode& own = GetParam().by_provider ? world.farm : world.trade;
  LoopbackNode& other = GetParam().by_provider ? world.trade : world.farm;
  if (GetParam().peer_down) other.stop();
  act(own, "withdraw");
  if (GetParam().peer_down) {
    ASSERT_TRUE(other.start()) << other.last_error;
  }
  const auto shows = [&](LoopbackNode& node, const char* state) {
    return node.operate("GET", "/agreements").body.find(state) != std::string::npos;
  };
  EXPECT_TRUE(shows(own, "\"withdrawn\""));
  EXPECT_TRUE(eventually([&] { return shows(other, "\"withdrawn by the peer\""); }, std::chrono::seconds(60)));
  const auto refused = world.trade.service("GET", data_target("large"));
  EXPECT_EQ(code_in(refused), "AGREEMENT_WITHDRAWN") << refused.body;
  EXPECT_NE(refused.body.find(GetParam().by_provider ? "\"by\":\"provider\"" : "\"by\":\"consumer\""),
            std::string::npos)
      << refused.body;
  EXPECT_EQ(other.operate("POST", "/agreements/" + agreement(other) + "/resume").status, 409);
  other.stop();
  ASSERT_TRUE(other.start()) << other.last_error;
  EXPECT_TRUE(shows(other, "\"withdrawn by the peer\""));
}

INSTANTIATE_TEST_SUITE_P(Sides, RetiredBy,
                         ::testing::Values(Retirement{"provider", true, false}, Retirement{"consumer", false, false},
                                           Retirement{"provider_while_the_consumer_is_down", true, true},
                                           Retirement{"consumer_while_the_provider_is_down", false, true}),
                         [](const auto& i) { return i.param.name; });

// true: the provider withdraws.
class StreamRetiredBy : public Cuts, public ::testing::WithParamInterface<bool> {};

TEST_P(StreamRetiredBy, EndsWithItsAgreement) {
  StreamCall stream(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return stream.size() > 0; })) << stream.error();
  stream.hold();
  act(GetParam() ? world.farm : world.trade, "withdraw");
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "TRANSFER_NOT_STARTED")) << entries(world.farm, "STREAM_END_OUT");
  stream.go_on();
  ASSERT_TRUE(eventually([&] { return stream.done(); }));
  EXPECT_FALSE(stream.whole());
}

INSTANTIATE_TEST_SUITE_P(Sides, StreamRetiredBy, ::testing::Bool(),
                         [](const auto& side) { return side.param ? "provider" : "consumer"; });

TEST_F(Cuts, AWithdrawnAgreementStaysWithdrawnAlsoAfterARestart) {
  ASSERT_EQ(call().status, 200);
  act(world.farm, "withdraw");
  EXPECT_NE(call().status, 200);
  const auto resumed = world.farm.operate("POST", "/agreements/" + agreement(world.farm) + "/resume");
  EXPECT_EQ(resumed.status, 409) << resumed.body;
  world.farm.stop();
  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  EXPECT_NE(call().status, 200);
}

}  // namespace
}  // namespace sekisho::test
