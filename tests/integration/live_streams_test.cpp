// Sources without an end and bodies without records, between two whole nodes.
#include <fstream>

#include "tests/integration/stream_world.hpp"
#include "tests/support/mqtt_broker.hpp"

namespace sekisho::test {
namespace {

class Opaque : public StreamWorld {
 protected:
  void SetUp() override { world.start(); }
  JsonObject manifest(const char* name) const {
    JsonObject out = file_manifest(name);
    out["media"] = "image/tiff";
    return out;
  }
  void write(const char* name, std::size_t size) const {
    std::string octets(size, '\0');
    std::uint64_t x = 1;
    for (char& c : octets) {
      x = x * 6364136223846793005U + 1442695040888963407U;
      c = static_cast<char>(x >> 56);
    }
    std::ofstream(world.folder.path() / name) << octets;
  }
};

TEST_F(Opaque, OctetsPassAsTheyAreFarBeyondTheReceiptsCredit) {
  write("scan.tif", 72U << 20);
  offer("scan", manifest("scan.tif"), "", "image/tiff");
  StreamCall call(world.trade, data_target("scan"));
  ASSERT_TRUE(eventually([&] { return call.done(); }, std::chrono::seconds(120))) << call.size();
  EXPECT_TRUE(call.whole()) << call.error();
  EXPECT_EQ(call.header("Content-Type"), "image/tiff");
  EXPECT_TRUE(call.body() == file_text(world.folder.path() / "scan.tif")) << call.size();
}

TEST_F(Opaque, ASmallBodyIsARecord) {
  write("icon.tif", 5000);
  offer("icon", manifest("icon.tif"), "", "image/tiff");
  const auto answer = world.trade.service("GET", data_target("icon"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.body == file_text(world.folder.path() / "icon.tif"));
  EXPECT_EQ(count(world.farm, "STREAM_OPEN_OUT"), 0U);
}

TEST_F(Opaque, AViewOrAnotherMediaTypeIsRefusedWhenItIsOffered) {
  write("plan.tif", 100);
  struct Case {
    const char* name;
    const char* media;
    bool view;
  };
  for (const Case c : {Case{"view", "image/tiff", true}, Case{"media", "application/x-ndjson", false}}) {
    SCOPED_TRACE(c.name);
    JsonObject dataset{{"id", "plan"}, {"title", "plan"}, {"source", "plan"}, {"media", c.media}};
    if (c.view) dataset["view"] = JsonObject{{"media", "application/x-ndjson"}, {"fields", JsonObject{{"/a", "keep"}}}};
    const JsonObject more{{"sources", JsonArray{JsonObject{{"name", "plan"}, {"manifest", manifest("plan.tif")}}}},
                          {"datasets", JsonArray{Json(std::move(dataset))}}};
    const auto answer = world.farm.operate("POST", "/apply", to_text(Json(more)));
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_EQ(code_in(answer), "INVALID_ARGUMENT");
  }
}

class Live : public StreamWorld {
 protected:
  void SetUp() override {
    if (!MqttBroker::available()) GTEST_SKIP() << "mosquitto is not installed";
    const auto folder = world.folder.path() / "broker";
    std::filesystem::create_directories(folder);
    broker = std::make_unique<MqttBroker>(folder.string());
    const std::string at = "127.0.0.1:" + std::to_string(broker->port());
    world.farm.settings.egress = {at};
    world.start();
    offer("readings",
          JsonObject{{"kind", "mqtt"},
                     {"host", "127.0.0.1"},
                     {"port", broker->port()},
                     {"client_id", "farm"},
                     {"topics", JsonArray{"cold/#"}}},
          R"({"media":"application/x-ndjson","rows":[{"pointer":"/consent","op":"neq","value":false,"ends":true}],)"
          R"("fields":{"/n":"keep","/consent":"drop"}})");
  }
  bool reading(int n, bool consent = true) {
    return broker->publish("cold/1", {"{\"n\":" + std::to_string(n) + ",\"grower\":\"" + kGrower +
                                      "\",\"consent\":" + (consent ? "true" : "false") + "}"});
  }
  bool comes(StreamCall& call, int n) {
    return eventually([&] { return call.body().find("{\"n\":" + std::to_string(n) + "}\n") != std::string::npos; });
  }

  std::unique_ptr<MqttBroker> broker;
};

TEST_F(Live, ReadingsLeaveAsTheyComeAndSilenceEndsNothing) {
  StreamCall call(world.trade, data_target("readings"));
  ASSERT_TRUE(eventually([&] { return call.status() == 200; }))
      << "the answer begins before the first reading" << call.error();
  for (int n = 1; n <= 3; ++n) {
    ASSERT_TRUE(reading(n));
    EXPECT_TRUE(comes(call, n)) << call.body();
  }
  // Longer than a window's time and the guard's looks; the source says nothing and the stream stands.
  const auto heads = count(world.farm, "STREAM_HEAD_OUT");
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_FALSE(call.done());
  EXPECT_EQ(count(world.farm, "STREAM_HEAD_OUT"), heads);
  ASSERT_TRUE(reading(4));
  EXPECT_TRUE(comes(call, 4)) << call.body();
  EXPECT_EQ(call.body().find(kGrower), std::string::npos);
  // The client goes: its node says so to the provider.
  call.hang_up();
  ASSERT_TRUE(reading(5));
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "CONNECTION"));
  EXPECT_TRUE(eventually([&] { return entries(world.farm, "NRR_IN").find("\"partial\"") != std::string::npos; }));
}

// A reading that may not leave ends one stream, not every one after it; what came with it is not lost.
TEST_F(Live, AReadingWithoutConsentDoesNotStayFirstForEver) {
  {
    StreamCall call(world.trade, data_target("readings"));  // from here on the broker keeps what comes
    ASSERT_TRUE(eventually([&] { return call.status() == 200; })) << call.error();
    call.hang_up();
    ASSERT_TRUE(reading(0));  // so that it sees that it hung up
    ASSERT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "CONNECTION"));
  }
  struct Row {
    int n;
    bool consent;
  };
  for (const Row row : {Row{1, true}, Row{2, false}, Row{3, true}, Row{4, false}}) ASSERT_TRUE(reading(row.n, row.consent));
  for (const char* last : {"{\"n\":1}\n", "{\"n\":3}\n"}) {
    StreamCall call(world.trade, data_target("readings"));
    ASSERT_TRUE(eventually([&] { return call.done(); })) << call.body();
    EXPECT_TRUE(call.body().ends_with(last)) << call.body();
    EXPECT_EQ(call.body().find("{\"n\":2}"), std::string::npos);
  }
  StreamCall call(world.trade, data_target("readings"));
  ASSERT_TRUE(eventually([&] { return call.status() == 200; })) << call.error();
  ASSERT_TRUE(reading(5));
  EXPECT_TRUE(comes(call, 5)) << call.body() << call.error();
  EXPECT_FALSE(call.done());
  call.hang_up();
  ASSERT_TRUE(reading(6));
}

TEST_F(Live, TwoStreamsOfOneSourceDoNotTakeTheConnectionFromEachOther) {
  StreamCall first(world.trade, data_target("readings"));
  ASSERT_TRUE(eventually([&] { return first.status() == 200; })) << first.error();
  StreamCall second(world.trade, data_target("readings"));
  ASSERT_TRUE(eventually([&] { return second.status() == 200; })) << second.error();
  for (int n = 1; n <= 5; ++n) {
    ASSERT_TRUE(reading(n));
    EXPECT_TRUE(comes(first, n)) << first.body();
    EXPECT_TRUE(comes(second, n)) << second.body();
  }
  first.hang_up();
  second.hang_up();
  ASSERT_TRUE(reading(6));
}

TEST_F(Live, AConsentThatIsWithdrawnEndsTheReadings) {
  StreamCall call(world.trade, data_target("readings"));
  ASSERT_TRUE(eventually([&] { return call.status() == 200; })) << call.error();
  ASSERT_TRUE(reading(1));
  ASSERT_TRUE(comes(call, 1)) << call.body();
  ASSERT_TRUE(reading(2, false));
  EXPECT_TRUE(eventually([&] { return call.done(); }));
  EXPECT_FALSE(call.whole());
  EXPECT_EQ(call.body(), "{\"n\":1}\n");
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "CONSENT_WITHDRAWN"));
  EXPECT_TRUE(ends_with(world.trade, "STREAM_END_IN", "CONSENT_WITHDRAWN"));
}

}  // namespace
}  // namespace sekisho::test
