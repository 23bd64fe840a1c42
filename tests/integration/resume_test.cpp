// Streams that break: the client goes, the line breaks, a node ends; and how they go on.
#include <fstream>

#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

class Resumes : public StreamWorld {
 protected:
  void SetUp() override {
    std::ofstream bulk(world.folder.path() / "large.ndjson");
    for (int n = 0; n < 24 * 1024; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1005, 'x') << "\"}\n";
    bulk.close();
    world.start();
    // Every third record is hidden, so that octets of the source and of the stream differ.
    std::ofstream source(world.folder.path() / "shaped.ndjson");
    for (int n = 0; n < 24 * 1024; ++n) {
      source << "{\"n\":" << n << ",\"lot\":\"" << (n % 3 == 0 ? 'B' : 'A') << "\",\"grower\":\"" << kGrower
             << "\",\"text\":\"" << std::string(900, 'y') << "\"}\n";
    }
    source.close();
    offer("shaped", file_manifest("shaped.ndjson"),
          R"({"media":"application/x-ndjson","rows":[{"pointer":"/lot","op":"eq","value":"A"}],)"
          R"("fields":{"/n":"keep","/text":"keep"}})");
  }
  static std::string shaped() {
    std::string out;
    for (int n = 0; n < 24 * 1024; ++n) {
      if (n % 3 != 0) out += "{\"n\":" + std::to_string(n) + ",\"text\":\"" + std::string(900, 'y') + "\"}\n";
    }
    return out;
  }
  // Reads a part of the dataset and goes; answers what it has, and of which exchange.
  std::string part(const char* dataset, std::size_t least, std::string& exchange) {
    StreamCall call(world.trade, data_target(dataset));
    EXPECT_TRUE(eventually([&] { return call.size() >= least; })) << call.error();
    call.hold();
    exchange = call.header("Sekisho-Exchange");
    call.hang_up();
    EXPECT_TRUE(eventually([&] { return call.done(); }));
    return call.body();
  }
};

TEST_F(Resumes, AClientGoesOnWhereItWasAndNothingIsLostOrChanged) {
  struct Case {
    const char* name;
    const char* dataset;
    std::string whole;
  };
  const Case cases[] = {{"as it is", "large", file_text(world.folder.path() / "large.ndjson")},
                        {"shaped", "shaped", shaped()}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    std::string exchange;
    const std::string first = part(c.dataset, 5U << 20, exchange);
    ASSERT_LT(first.size(), c.whole.size());
    StreamCall rest(world.trade,
                    data_target(c.dataset) + "&resume=" + exchange + "&received=" + std::to_string(first.size()));
    ASSERT_TRUE(eventually([&] { return rest.done(); }, std::chrono::seconds(60)));
    ASSERT_TRUE(rest.whole()) << rest.error() << rest.status();
    const std::size_t at = std::stoul(rest.header("Sekisho-Resumed-At"));
    EXPECT_LE(at, first.size());
    EXPECT_LT(first.size() - at, 1U << 20) << "more than the last window again";
    EXPECT_TRUE(first.substr(0, at) + rest.body() == c.whole) << at << " " << rest.size();
  }
  EXPECT_NE(entries(world.trade, "STREAM_OPEN_IN").find("\"resumeOf\""), std::string::npos);
}

TEST_F(Resumes, WhatIsConfirmedWholeOrUnknownDoesNotGoOn) {
  StreamCall whole(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return whole.done(); }, std::chrono::seconds(60)));
  ASSERT_TRUE(whole.whole());
  ASSERT_TRUE(eventually([this] { return count(world.farm, "NRR_IN") == 2; }));
  const std::string of = data_target("large") + "&resume=" + whole.header("Sekisho-Exchange");
  EXPECT_EQ(code_in(world.trade.service("GET", of)), "CONFLICT");
  const std::string unknown = data_target("large") + "&resume=0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
  EXPECT_EQ(code_in(world.trade.service("GET", unknown)), "NOT_FOUND");
  EXPECT_EQ(code_in(world.trade.service("GET", data_target("large") + "&received=5")), "INVALID_ARGUMENT");
  EXPECT_EQ(code_in(world.trade.service("GET", data_target("large") + "&resume=x")), "INVALID_ARGUMENT");
}

// The provider's process ends in the midst: its next one says so at the last head, and the stream goes on from there.
TEST_F(Resumes, AProviderThatEndsInTheMidstSaysSoAndGoesOn) {
  std::string first, exchange;
  {
    StreamCall call(world.trade, data_target("large"));
    ASSERT_TRUE(eventually([&] { return call.size() >= 3U << 20; })) << call.error();
    call.hold();
    exchange = call.header("Sekisho-Exchange");
    world.farm.stop();
    call.go_on();
    ASSERT_TRUE(eventually([&] { return call.done(); }));
    EXPECT_FALSE(call.whole());
    first = call.body();
  }
  EXPECT_TRUE(eventually([this] { return entries(world.trade, "NRR_OUT").find("\"partial\"") != std::string::npos; }));
  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  EXPECT_EQ(count(world.farm, "STREAM_END_OUT"), 1U);
  const std::string end = entries(world.farm, "STREAM_END_OUT");
  EXPECT_TRUE(end.find("\"reason\":\"CRASH\"") != std::string::npos ||
              end.find("\"reason\":\"DRAINING\"") != std::string::npos)
      << end;
  StreamCall rest(world.trade,
                  data_target("large") + "&resume=" + exchange + "&received=" + std::to_string(first.size()));
  ASSERT_TRUE(eventually([&] { return rest.done(); }, std::chrono::seconds(60)));
  ASSERT_TRUE(rest.whole()) << rest.error() << rest.status();
  const std::size_t at = std::stoul(rest.header("Sekisho-Resumed-At"));
  EXPECT_TRUE(first.substr(0, at) + rest.body() == file_text(world.folder.path() / "large.ndjson")) << at;
}

// The consumer's process ends: its log says how far it came, and the client goes on from there.
TEST_F(Resumes, AConsumerThatEndsInTheMidstGoesOn) {
  std::string first, exchange;
  {
    StreamCall call(world.trade, data_target("large"));
    ASSERT_TRUE(eventually([&] { return call.size() >= 3U << 20; })) << call.error();
    call.hold();
    exchange = call.header("Sekisho-Exchange");
    world.trade.stop();
    call.go_on();
    ASSERT_TRUE(eventually([&] { return call.done(); }));
    first = call.body();
  }
  ASSERT_TRUE(world.trade.start()) << world.trade.last_error;
  EXPECT_TRUE(eventually([this] { return entries(world.farm, "NRR_IN").find("\"partial\"") != std::string::npos; }));
  StreamCall rest(world.trade,
                  data_target("large") + "&resume=" + exchange + "&received=" + std::to_string(first.size()));
  ASSERT_TRUE(eventually([&] { return rest.done(); }, std::chrono::seconds(60)));
  ASSERT_TRUE(rest.whole()) << rest.error() << rest.status();
  const std::size_t at = std::stoul(rest.header("Sekisho-Resumed-At"));
  EXPECT_TRUE(first.substr(0, at) + rest.body() == file_text(world.folder.path() / "large.ndjson")) << at;
}

}  // namespace
}  // namespace sekisho::test
