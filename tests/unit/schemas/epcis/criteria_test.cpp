#include "schemas/epcis/criteria.hpp"

#include <gtest/gtest.h>

#include "schemas/epcis/units.hpp"

namespace sekisho::schemas::epcis {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }
Instant at(std::string_view text) { return from_rfc3339(text).value(); }

std::string crop(std::string_view more, int value) {
  return R"({"crop":"strawberry",)" + std::string(more) +
         R"("criteria":[{"property":"t","operator":"Greater","value":)" + std::to_string(value) +
         R"(,"mostCount":1}]})";
}

TEST(Criteria, TheClosestRowInForceCounts) {
  const Json table =
      json(R"({"crops":[)" + crop("", 1) + "," + crop(R"("brand":"B",)", 2) + "," + crop(R"("breed":"A",)", 3) + "," +
           crop(R"("breed":"A","brand":"B",)", 4) + "," + crop(R"("from":"2026-06-01T00:00:00Z",)", 5) + "," +
           crop(R"("breed":"A","brand":"B","until":"2026-01-01T00:00:00Z",)", 6) + "]}");
  struct Case {
    const char* name;
    Crop crop;
    const char* time;
    double value;
  };
  for (const Case& one : {Case{"neither", {"strawberry", "", ""}, "2026-03-01T00:00:00Z", 1},
                          Case{"brand", {"strawberry", "X", "B"}, "2026-03-01T00:00:00Z", 2},
                          Case{"breed", {"strawberry", "A", "X"}, "2026-03-01T00:00:00Z", 3},
                          Case{"both", {"strawberry", "A", "B"}, "2026-03-01T00:00:00Z", 4},
                          Case{"later row", {"strawberry", "", ""}, "2026-07-01T00:00:00Z", 5}}) {
    const auto found = read_criteria(table, one.crop, at(one.time));
    ASSERT_TRUE(found) << one.name;
    EXPECT_EQ(found->at(0).value, one.value) << one.name;
  }
  EXPECT_EQ(read_criteria(table, {"melon", "", ""}, at("2026-03-01T00:00:00Z")).error().code, Code::NotFound);
}

TEST(Criteria, OfAnotherShapeAreRefused) {
  for (
      const char* text :
      {"[]", "{}", R"({"criteria":[]})", R"({"criteria":[{}]})", R"({"criteria":[],"crops":[]})",
       R"({"criteria":[{"property":"t","operator":"About","value":1,"mostCount":1}]})",
       R"({"criteria":[{"property":"t","operator":"Less","value":"1","mostCount":1}]})",
       R"({"criteria":[{"property":"t","operator":"Less","value":1}]})",
       R"({"criteria":[{"property":"t","operator":"Less","value":1,"mostCount":-1}]})",
       R"({"criteria":[{"property":"t","operator":"Less","value":1,"mostCount":1,"x":1}]})",
       R"({"crops":[{"crop":"a","from":"yesterday","criteria":[{"property":"t","operator":"Less","value":1,"mostCount":1}]}]})"}) {
    const auto read = read_criteria(json(text), {"a", "", ""}, Instant{});
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::JsonShape) << text;
  }
}

TEST(Criteria, ReadingsOfStepsAreJudgedInCelsius) {
  const Json steps = json(R"([{"time":"2026-11-20T04:00:00Z","readings":[
    {"deviceID":"d","type":"Temperature","value":276.15,"uom":"KEL"},
    {"deviceID":"d","type":"Temperature","value":9.5,"uom":"CEL","time":"2026-11-20T04:10:00Z"},
    {"deviceID":"d","type":"Temperature","meanValue":9.5,"uom":"CEL"}]},{"time":"x"},7])");
  const auto readings = readings_in_steps(steps.get_array());
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_NEAR(readings[0].value, 3.0, 1e-9);
  const auto rules = read_criteria(
      json(R"({"criteria":[{"property":"Temperature","operator":"Greater","value":8,"mostCount":1}]})"), {}, {});
  ASSERT_TRUE(rules);
  const auto verdict = judge_freshness(readings, *rules);
  EXPECT_FALSE(verdict.good);
  const auto report = freshness_report(verdict, *rules, readings.size());
  EXPECT_EQ(report.at("breaches").get_array().at(0).get_object().at("minutes"), Json(10.0));
}

TEST(Units, OfOneKindConvertAndOthersDoNot) {
  struct Case {
    double value;
    const char* from;
    const char* to;
    std::optional<double> want;
  };
  for (const Case& one : {Case{0, "CEL", "KEL", 273.15}, Case{273.15, "KEL", "CEL", 0}, Case{212, "FAH", "CEL", 100},
                          Case{100, "CEL", "FAH", 212}, Case{1.5, "KGM", "GRM", 1500}, Case{2, "MIN", "SEC", 120},
                          Case{7, "XYZ", "XYZ", 7}, Case{7, "XYZ", "CEL", {}}, Case{7, "KGM", "CEL", {}}}) {
    const auto got = convert(one.value, one.from, one.to);
    ASSERT_EQ(got.has_value(), one.want.has_value()) << one.from << one.to;
    EXPECT_NEAR(got.value_or(0), one.want.value_or(0), 1e-9) << one.from << one.to;
  }
}

}  // namespace
}  // namespace sekisho::schemas::epcis
