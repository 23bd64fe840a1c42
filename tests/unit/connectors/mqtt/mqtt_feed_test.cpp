#include <gtest/gtest.h>

#include <set>

#include "base/async/sync_wait.hpp"
#include "base/core/json.hpp"
#include "connectors/mqtt/mqtt_feed.hpp"
#include "tests/support/mqtt_broker.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::connectors {
namespace {

using test::MqttBroker;
using testing_support::TempFolder;

std::vector<std::string> readings(int from, int to) {
  std::vector<std::string> out;
  for (int i = from; i < to; ++i) out.push_back("{\"n\":" + std::to_string(i) + "}");
  return out;
}

class MqttFeedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!MqttBroker::available()) GTEST_SKIP() << "mosquitto and mosquitto-clients are not installed";
    broker_ = std::make_unique<MqttBroker>(folder_.path().string());
  }

  Status open() {
    MqttAddress address;
    address.host = "127.0.0.1";
    address.port = broker_->port();
    address.client_id = "node";
    address.topics = {"farm/#"};
    address.window = window_;
    address.version5 = version5_;
    counters_ = std::make_shared<MqttCounters>();
    feed_ = std::make_unique<MqttFeed>(std::move(address), wrap_, counters_);
    return async::sync_wait(feed_->begin(async::Deadline::in(std::chrono::seconds(10))));
  }

  Result<MqttTake> take(std::size_t records = 1000, std::chrono::milliseconds wait = std::chrono::seconds(10)) {
    return async::sync_wait(feed_->take(records, 1U << 20, async::Deadline::in(wait)));
  }

  // Numbers of the records of a batch.
  static std::vector<int> numbers(const std::string& content) {
    std::vector<int> out;
    std::size_t start = 0;
    for (std::size_t end = content.find('\n'); end != std::string::npos; end = content.find('\n', start)) {
      out.push_back(static_cast<int>(parse_json(content.substr(start, end - start))->at("n").as_int64()));
      start = end + 1;
    }
    return out;
  }

  // Takes until every number below `to` was seen; how often any came again.
  std::size_t take_until(int to) {
    std::size_t again = 0;
    int idle = 0;
    while (static_cast<int>(seen_.size()) < to && idle < 3) {
      Result<MqttTake> batch = take();
      if (!batch) {
        ADD_FAILURE() << batch.error().chain();
        return again;
      }
      idle = batch->records == 0 ? idle + 1 : 0;
      for (const int n : numbers(batch->content)) again += seen_.insert(n).second ? 0 : 1;
    }
    EXPECT_GE(static_cast<int>(seen_.size()), to);
    return again;
  }

  TempFolder folder_;
  std::unique_ptr<MqttBroker> broker_;
  std::shared_ptr<MqttCounters> counters_;
  std::unique_ptr<MqttFeed> feed_;
  std::set<int> seen_;
  std::uint16_t window_ = 256;
  bool version5_ = true;
  bool wrap_ = false;
};

TEST_F(MqttFeedTest, NothingIsLostOverARestartOfTheBroker) {
  for (const bool version5 : {true, false}) {
    version5_ = version5;
    seen_.clear();
    ASSERT_TRUE(open());
    ASSERT_TRUE(broker_->publish("farm/a", readings(0, 5000)));
    EXPECT_EQ(take_until(2000), 0U) << "nothing comes twice while the connection stands";
    // The broker goes in the midst of it: it holds readings that were never sent, and acknowledgements that it has
    // not yet looked at. Those readings come again, which is all that QoS 1 allows.
    broker_->stop();
    broker_->start();
    ASSERT_TRUE(broker_->publish("farm/a", readings(5000, 10'000)));
    take_until(10'000);
    EXPECT_EQ(*seen_.rbegin(), 9999);
    EXPECT_EQ(counters_->refused, 0U);
    EXPECT_GE(counters_->connections, 2U);
    while (take(1, std::chrono::milliseconds(50))->records != 0) continue;  // the rest of what came again
    feed_.reset();
  }
}

TEST_F(MqttFeedTest, RestartRepeatsAtMostTheUnacknowledgedWindow) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(broker_->publish("farm/a", readings(0, 1000)));
  EXPECT_EQ(take_until(1000), 0U);
  EXPECT_EQ(take(1, std::chrono::milliseconds(200))->records, 0U);  // acknowledges, and the broker has seen it
  ASSERT_TRUE(broker_->publish("farm/a", readings(1000, 2000)));
  for (const int n : numbers(take()->content)) seen_.insert(n);
  const std::size_t unacknowledged = seen_.size() - 1000;
  EXPECT_LE(unacknowledged, window_);
  broker_->stop();
  broker_->start();
  EXPECT_LE(take_until(2000), unacknowledged);
}

TEST_F(MqttFeedTest, WhatWasNotAcknowledgedComesAgainAndNothingElse) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(broker_->publish("farm/a", readings(0, 100)));
  std::vector<int> first;
  std::vector<int> last;
  while (first.size() < 40) {
    Result<MqttTake> batch = take(7);
    ASSERT_TRUE(batch);
    last = numbers(batch->content);
    first.insert(first.end(), last.begin(), last.end());
  }
  ASSERT_TRUE(open());  // the old feed dies with its last batch unacknowledged
  const std::vector<int> resumed = numbers(take(1)->content);
  ASSERT_EQ(resumed.size(), 1U);
  EXPECT_LE(resumed[0], last.front()) << "the unacknowledged batch was lost";
  EXPECT_GT(resumed[0], 0) << "what was acknowledged came again";
  seen_.insert(first.begin(), first.end());
  seen_.insert(resumed[0]);
  take_until(100);
}

TEST_F(MqttFeedTest, NothingOfAnAcknowledgedBatchComesAgain) {
  for (const bool version5 : {true, false}) {
    version5_ = version5;
    ASSERT_TRUE(open());
    ASSERT_TRUE(broker_->publish("farm/a", readings(0, 100)));
    int next = 0;
    while (next < 100) {
      Result<MqttTake> batch = take(7);
      ASSERT_TRUE(batch);
      ASSERT_FALSE(numbers(batch->content).empty());
      EXPECT_EQ(numbers(batch->content).front(), next);
      next += static_cast<int>(batch->records);
      Status safe = async::sync_wait(feed_->acknowledge(async::Deadline::in(std::chrono::seconds(10))));
      ASSERT_TRUE(safe) << safe.error().chain();
      ASSERT_TRUE(open());  // a new connection after each batch
    }
    EXPECT_EQ(take(1, std::chrono::milliseconds(200))->records, 0U);
    feed_.reset();
  }
}

TEST_F(MqttFeedTest, AcknowledgingWithoutABrokerSaysSo) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(broker_->publish("farm/a", readings(0, 1)));
  EXPECT_EQ(take(1)->records, 1U);
  broker_->stop();
  EXPECT_EQ(take(1, std::chrono::milliseconds(100))->records, 0U);
  Status safe = async::sync_wait(feed_->acknowledge(async::Deadline::in(std::chrono::seconds(1))));
  ASSERT_FALSE(safe);
  EXPECT_EQ(safe.error().code, Code::SourceFailed);
}

TEST_F(MqttFeedTest, WhatIsNoObjectIsCountedAndRefused) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(broker_->publish("farm/a", {"21.5", "<html>", "{\"n\":1,\"n\":2}", "[1]", "{\"n\":7}", "{"}));
  Result<MqttTake> batch = take();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->content, "{\"n\":7}\n");
  while (counters_->refused < 5) ASSERT_EQ(take(1, std::chrono::milliseconds(100))->records, 0U);
  EXPECT_NE(counters_->problem(), "");
}

TEST_F(MqttFeedTest, WrappedRecordsNameTheirTopic) {
  wrap_ = true;
  ASSERT_TRUE(open());
  ASSERT_TRUE(broker_->publish("farm/b", {"{\"n\":7}"}));
  EXPECT_EQ(take()->content, "{\"topic\":\"farm/b\",\"reading\":{\"n\":7}}\n");
}

TEST_F(MqttFeedTest, IdleTakesEndAtTheirDeadlineAndCancelledOnesAtOnce) {
  ASSERT_TRUE(open());
  EXPECT_EQ(take(1, std::chrono::milliseconds(20))->records, 0U);
  std::thread other([this] { feed_->cancel(); });
  EXPECT_EQ(take(1).error().code, Code::Cancelled);
  other.join();
  EXPECT_EQ(take(1).error().code, Code::Cancelled);
}

TEST_F(MqttFeedTest, AbsentBrokerIsAFailedSource) {
  broker_->stop();
  Status opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::SourceFailed) << opened.error().chain();
}

TEST_F(MqttFeedTest, SlowTakerLeavesTheRestWithTheBroker) {
  window_ = 4;
  ASSERT_TRUE(open());
  ASSERT_TRUE(broker_->publish("farm/a", readings(0, 500)));
  Result<MqttTake> batch = take(1000);
  ASSERT_TRUE(batch);
  EXPECT_LE(batch->records, 4U) << "no more than the window is ever sent ahead";
  for (const int n : numbers(batch->content)) seen_.insert(n);
  EXPECT_EQ(take_until(500), 0U);
}

}  // namespace
}  // namespace sekisho::connectors
