// The verdicts of the published vectors, with the thresholds of their test case.
#include "schemas/epcis/freshness.hpp"

#include <gtest/gtest.h>

#include "tests/support/test_data.hpp"

namespace sekisho::schemas::epcis {
namespace {

using std::chrono::minutes;

std::vector<Criterion> published() {
  const std::string temperature = "BC6A4FE1-4211-478A-A85E-EF1F3CE34B54";
  std::vector<Criterion> out(4);
  out[0] = {temperature, Comparison::GreaterEqual, 20, {}, minutes(61), {}, {}};
  out[1] = {temperature, Comparison::LessEqual, 10, {}, {}, {}, minutes(61)};
  out[2] = {"36C983A9-349A-45F5-AD3B-6C5FACCD1A7F", Comparison::Less, 70, {}, {}, 1, {}};
  out[3] = {"13943EF9-80E4-4AEC-A18B-56F3CAF0AA80", Comparison::Greater, 10000, 2, {}, {}, {}};
  return out;
}

std::vector<Reading> vector_of(const std::filesystem::path& file) {
  return read_raw_data(parse_json(test::read_text(file)).value()).value();
}

TEST(Freshness, PublishedVectors) {
  SEKISHO_DATA_OR_SKIP(folder, "smart-food-chain");
  const auto good = judge_freshness(vector_of(folder / "JasFreshnessJudgmentFilterTest_Normal_OK.json"), published());
  EXPECT_TRUE(good.good);
  EXPECT_TRUE(good.confirmed);
  const auto bad = judge_freshness(vector_of(folder / "JasFreshnessJudgmentFilterTest_Normal_NG.json"), published());
  EXPECT_FALSE(bad.good);
  ASSERT_EQ(bad.breaches.size(), 4U);
  for (const Breach& breach : bad.breaches) {
    switch (breach.criterion) {
      case 0: EXPECT_EQ(breach.time, minutes(120)); break;
      case 1: EXPECT_EQ(breach.time, minutes(60)); break;
      case 2: EXPECT_EQ(breach.count, 1U); break;
      default: EXPECT_EQ(breach.count, 2U);
    }
  }
  test::print_cases("JAS freshness verdicts (OK, NG)", 2);
}

Reading reading(int second, double value) { return {"d", "s", "p", "m", Instant(std::chrono::seconds(second)), value}; }

TEST(Freshness, SecondsCountAndGapsAreFlagged) {
  const Criterion warm{"p", Comparison::GreaterEqual, 10, {}, std::chrono::seconds(90), {}, {}};
  const std::vector<Reading> fine{reading(0, 9), reading(30, 10), reading(60, 11), reading(90, 9)};
  EXPECT_TRUE(judge_freshness(fine, {&warm, 1}).confirmed);
  const std::vector<Reading> warm_for_long{reading(0, 10), reading(30, 10), reading(60, 11), reading(90, 9)};
  EXPECT_FALSE(judge_freshness(warm_for_long, {&warm, 1}).good);
  const std::vector<Reading> with_gap{reading(0, 9), reading(30, 9), reading(60, 9), reading(2460, 9)};
  const auto verdict = judge_freshness(with_gap, {&warm, 1});
  EXPECT_TRUE(verdict.good);
  EXPECT_FALSE(verdict.confirmed);
  ASSERT_EQ(verdict.gaps.size(), 1U);
  EXPECT_EQ(verdict.gaps[0].to - verdict.gaps[0].from, minutes(40));
  EXPECT_FALSE(judge_freshness({}, {&warm, 1}).confirmed) << "nobody measured";
}

TEST(Freshness, UnitsAndRefusals) {
  EXPECT_DOUBLE_EQ(normalised(100, "華氏温度"), 37.78);
  EXPECT_DOUBLE_EQ(normalised(11, "G"), 11000);
  EXPECT_DOUBLE_EQ(normalised(5, "摂氏温度"), 5);
  for (const char* text : {R"({})", R"([1])", R"([{"sensorDeviceId":"a"}])"})
    EXPECT_FALSE(read_raw_data(parse_json(text).value())) << text;
}

}  // namespace
}  // namespace sekisho::schemas::epcis
