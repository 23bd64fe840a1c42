#include "schemas/epcis/event_lines.hpp"

#include <gtest/gtest.h>

#include <rapidcheck.h>

#include "schemas/epcis/trace_report.hpp"

namespace sekisho::schemas::epcis {
namespace {

std::string line(int n, std::string_view more = "") {
  return R"({"type":"ObjectEvent","eventTime":"2026-11-20T04:00:0)" + std::to_string(n % 10) +
         R"(Z","eventTimeZoneOffset":"+09:00","action":"OBSERVE","epcList":["urn:x:)" + std::to_string(n) + "\"]" +
         std::string(more) + "}\n";
}

TEST(EventLines, AnyCutGivesTheSameEvents) {
  const bool held = rc::check("cuts", [] {
    const int lines = *rc::gen::inRange(0, 8);
    std::string text;
    for (int n = 0; n < lines; ++n) text += line(n);
    EventLines reader;
    std::vector<Event> got;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t cut = std::min<std::size_t>(*rc::gen::inRange<std::size_t>(1, 200), rest.size());
      RC_ASSERT(reader.feed(rest.substr(0, cut)).has_value());
      rest.remove_prefix(cut);
      for (Event& event : reader.take()) got.push_back(std::move(event));
    }
    RC_ASSERT(reader.finish().has_value());
    RC_ASSERT(got.size() == static_cast<std::size_t>(lines));
    RC_ASSERT(reader.unreadable() == 0U);
  });
  ASSERT_TRUE(held);
}

TEST(EventLines, CountsWhatIsNoEventAndForgetsWhatNobodyTraces) {
  EventLines reader;
  const std::string sensors =
      R"(,"sensorElementList":[{"sensorReport":[{"type":"Temperature","value":9.5,"uom":"CEL"}]}])";
  ASSERT_TRUE(reader.feed("{\"lot\":1}\nnonsense\n\n" + line(1, sensors + R"(,"grower":{"name":"Somebody"})") +
                          R"({"type":"EPCISDocument","epcisBody":{"eventList":[]}})"));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(reader.unreadable(), 2U);
  const auto events = reader.take();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_FALSE(events[0].source.contains("grower"));
  EXPECT_TRUE(events[0].source.contains("sensorElementList"));
}

TEST(EventLines, StopsAtEachLimit) {
  struct Case {
    const char* name;
    EventLimits limits;
    std::string text;
  };
  for (const Case& one : {Case{"events", {1, 1U << 20, 1U << 20}, line(0) + line(1)},
                          Case{"octets", {9, 10, 1U << 20}, line(0)}, Case{"line", {9, 1U << 20, 10}, "01234567890"}}) {
    EventLines reader(one.limits);
    const auto fed = reader.feed(one.text);
    ASSERT_FALSE(fed) << one.name;
    EXPECT_EQ(fed.error().code, Code::LimitExceeded) << one.name;
  }
}

TEST(TraceReport, NamesStepsHoldersAndBreaks) {
  TraceEvents all;
  all.parts.resize(2);
  all.parts[0].from = "farm.jp.example";
  all.parts[0].exchange = "x-1";
  all.parts[1].from = "trade.eu.example";
  all.parts[1].code = "QUOTA";
  all.parts[1].why = "no use is left";
  EventLines reader;
  ASSERT_TRUE(reader.feed(
      line(1) + line(1, R"(,"destinationList":[{"type":"possessing_party","destination":"urn:x:shop"}])") + line(2)));
  all.add(0, reader.take());
  const JsonObject report = trace_report(all, "urn:x:1");
  EXPECT_EQ(report.at("steps").get_array().size(), 2U);
  EXPECT_FALSE(report.at("complete").get_bool());
  const auto& holders = report.at("holders").get_array();
  ASSERT_EQ(holders.size(), 2U);
  EXPECT_EQ(holders[0].get_object().at("who"), Json("farm.jp.example"));
  EXPECT_EQ(holders[1].get_object().at("who"), Json("urn:x:shop"));
  const auto& breaks = report.at("breaks").get_array();
  ASSERT_EQ(breaks.size(), 1U);
  EXPECT_EQ(breaks[0].get_object().at("code"), Json("QUOTA"));
  EXPECT_EQ(report.at("steps").get_array()[0].get_object().at("exchange"), Json("x-1"));
  EXPECT_EQ(report.at("parts").get_array()[0].get_object().at("events"), Json(3));
  all.parts[1].code.clear();
  EXPECT_TRUE(trace_report(all, "urn:x:1").at("complete").get_bool());
  all.parts[0].unreadable = 1;
  EXPECT_FALSE(trace_report(all, "urn:x:1").at("complete").get_bool());
}

}  // namespace
}  // namespace sekisho::schemas::epcis
