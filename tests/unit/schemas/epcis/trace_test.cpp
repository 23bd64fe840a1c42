#include "schemas/epcis/trace.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "schemas/epcis/query.hpp"

namespace sekisho::schemas::epcis {
namespace {

Event event(int second, EventType type) {
  Event out;
  out.type = type;
  out.time = Instant(std::chrono::seconds(second));
  return out;
}

Event made(int second, std::vector<std::string> inputs, std::vector<std::string> outputs) {
  Event out = event(second, EventType::Transformation);
  out.inputs = std::move(inputs);
  out.outputs = std::move(outputs);
  return out;
}

Event packed(int second, std::string parent, std::vector<std::string> children) {
  Event out = event(second, EventType::Aggregation);
  out.parent = std::move(parent);
  out.children = std::move(children);
  return out;
}

Event seen(int second, std::vector<std::string> epcs) {
  Event out = event(second, EventType::Object);
  out.epcs = std::move(epcs);
  return out;
}

std::vector<std::uint32_t> positions(const Trace& trace, Direction direction) {
  std::vector<std::uint32_t> out;
  for (const auto& step : trace.steps) {
    if (step.direction == direction) out.push_back(step.event);
  }
  return out;
}

using List = std::vector<std::uint32_t>;

TEST(Trace, BothWaysThroughTransformationsAndUnits) {
  TraceIndex index;
  index.add(seen(0, {"urn:x:field"}));                                                                   // 0
  index.add(made(1, {"urn:x:field"}, {"urn:epc:class:lgtin:4012345.012345.L1", "urn:x:other"}));         // 1
  index.add(packed(2, "urn:x:box", {"https://id.gs1.org/01/04012345123456/10/L1", "urn:x:neighbour"}));  // 2
  index.add(seen(3, {"urn:x:box"}));                                                                     // 3
  index.add(seen(4, {"urn:x:neighbour"}));                                                               // 4
  index.add(made(5, {"urn:epc:class:lgtin:4012345.012345.L1"}, {"urn:x:dish"}));                         // 5
  index.add(seen(6, {"urn:x:dish"}));                                                                    // 6
  index.add(seen(7, {"urn:x:unrelated"}));                                                               // 7
  index.add(seen(8, {"urn:x:other"}));                                                                   // 8
  const auto trace = index.walk("https://id.gs1.org/01/04012345123456/10/L1");
  EXPECT_EQ(positions(trace, Direction::Start), (List{1, 2, 5}));
  EXPECT_EQ(positions(trace, Direction::Upstream), (List{0}));
  EXPECT_EQ(positions(trace, Direction::Downstream), (List{3, 6}));
  EXPECT_FALSE(trace.cut);
  EXPECT_TRUE(index.walk("urn:x:nobody").steps.empty());
}

TEST(Trace, CirclesEndAndLimitsCut) {
  TraceIndex index;
  index.add(made(0, {"urn:x:a"}, {"urn:x:b"}));
  index.add(made(1, {"urn:x:b"}, {"urn:x:a"}));
  EXPECT_EQ(index.walk("urn:x:a").steps.size(), 2U);
  TraceIndex chain;
  for (int i = 0; i < 100; ++i) chain.add(made(i, {"urn:x:" + std::to_string(i)}, {"urn:x:" + std::to_string(i + 1)}));
  const auto deep = chain.walk("urn:x:0", TraceLimits{10'000, 10});
  EXPECT_TRUE(deep.cut);
  EXPECT_EQ(deep.steps.size(), 11U);
  const auto few = chain.walk("urn:x:0", TraceLimits{5, 64});
  EXPECT_TRUE(few.cut);
  EXPECT_EQ(few.steps.size(), 5U);
}

TEST(Trace, ShipmentsChain) {
  TraceIndex index;
  for (int i = 0; i < 3; ++i) {
    Event shipment = seen(i, {"urn:x:lot" + std::to_string(i)});
    shipment.transactions.push_back({std::string(kShipment), "urn:s:" + std::to_string(i)});
    if (i > 0) shipment.transactions.push_back({std::string(kPreviousShipment), "urn:s:" + std::to_string(i - 1)});
    index.add(shipment);
  }
  EXPECT_EQ(positions(index.walk("urn:x:lot2"), Direction::Upstream), (List{0, 1}));
  EXPECT_EQ(positions(index.walk("urn:x:lot0"), Direction::Downstream), (List{1, 2}));
}

TEST(Trace, DeclaredErrorsAndDoublesJoinNothing) {
  TraceIndex index;
  Event wrong = seen(0, {"urn:x:a"});
  wrong.declared_error = true;
  Event twice = seen(1, {"urn:x:a"});
  twice.id = "urn:uuid:1";
  index.add(wrong);
  index.add(twice);
  index.add(twice);
  EXPECT_EQ(index.walk("urn:x:a").steps.size(), 1U);
}

TEST(EpcisQuery, Parameters) {
  const std::pair<const char*, const char*> good[] = {
      {"GE_eventTime", "2024-01-01T00:00:00Z"}, {"GE_value_CEL", "20.5"},  {"EQ_bizStep", "shipping"},
      {"EQ_source_possessing_party", "urn:x"},  {"EQ_example:field", "1"}, {"perPage", "30"}};
  for (const auto& [name, value] : good) EXPECT_TRUE(check_parameter(name, value)) << name;
  const std::pair<const char*, const char*> bad[] = {
      {"GE_eventTime", "yesterday"},    {"GE_value_celsius", "20"}, {"EQ_nothing", "1"}, {"perPage", "0"},
      {"EXISTS_errorDeclaration", "1"}, {"GE_value_CEL", "warm"}};
  for (const auto& [name, value] : bad) EXPECT_FALSE(check_parameter(name, value)) << name;
  EXPECT_FALSE(check_query({{"perPage", "1"}, {"perPage", "2"}}));
  EXPECT_FALSE(check_query({{"eventCountLimit", "1"}, {"maxEventCount", "2"}}));
}

}  // namespace
}  // namespace sekisho::schemas::epcis
