#include "base/core/clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho {
namespace {

using std::chrono::microseconds;

TEST(Rfc3339, WritesAndReadsMicroseconds) {
  const Instant at{microseconds(1'795'528'525'000'123)};
  EXPECT_EQ(to_rfc3339(at), "2026-11-24T13:55:25.000123Z");
  EXPECT_EQ(from_rfc3339("2026-11-24T13:55:25.000123Z").value(), at);
  EXPECT_EQ(to_rfc3339(Instant{}), "1970-01-01T00:00:00.000000Z");
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
  const Instant at = from_rfc3339("2026-11-24T13:55:25Z").value();
  EXPECT_EQ(from_rfc3339("2026-11-24T22:55:25+09:00").value(), at);
  EXPECT_EQ(from_rfc3339("2026-11-24T08:25:25-05:30").value(), at);
  EXPECT_EQ(from_rfc3339("2026-11-24T13:55:25.5Z").value(), at + std::chrono::milliseconds(500));
  EXPECT_EQ(from_rfc3339("2024-02-29T00:00:00Z").value() + std::chrono::days(1),
            from_rfc3339("2024-03-01T00:00:00Z").value());
}

TEST(Rfc3339, RefusesOtherSpellings) {
  const char* const refused[] = {
      "",
      "2026-11-24",
      "2026-11-24T13:55:25",
      "2026-11-24 13:55:25Z",
      "2026-11-24t13:55:25Z",
      "2026-11-24T13:55:25z",
      "2026-11-24T13:55Z",
      "2026-11-24T24:00:00Z",
      "2026-11-24T13:60:00Z",
      "2026-11-24T13:55:60Z",
      "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-11-31T00:00:00Z",
      "2026-11-24T13:55:25.Z",
      "2026-11-24T13:55:25.1234567Z",
      "2026-11-24T13:55:25+0900",
      "2026-11-24T13:55:25+15:00",
      "2026-11-24T13:55:25+09:60",
      "2026-11-24T13:55:25ZZ",
      "2026-11-24T13:55:25Z ",
      "+026-11-24T13:55:25Z",
      "2026-11-2aT13:55:25Z",
  };
  for (const char* text : refused) EXPECT_FALSE(from_rfc3339(text)) << text;
}

TEST(Rfc3339, RoundTrips) {
  ASSERT_TRUE(rc::check("every instant of four years' digits", [] {
    // 0001 … 9999
    const auto us = *rc::gen::inRange<std::int64_t>(-62'135'596'800'000'000, 253'402'300'799'999'999);
    const Instant at{microseconds(us)};
    const auto back = from_rfc3339(to_rfc3339(at));
    RC_ASSERT(back);
    RC_ASSERT(*back == at);
  }));
}

TEST(ManualClock, TurnsByHandOnly) {
  ManualClock clock(Instant(std::chrono::seconds(100)), std::chrono::milliseconds(5));
  EXPECT_EQ(clock.now(), Instant(std::chrono::seconds(100)));
  EXPECT_EQ(clock.read().uncertainty, std::chrono::milliseconds(5));
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(clock.now(), Instant(std::chrono::seconds(102)));
  clock.set(Instant(std::chrono::seconds(7)));
  clock.set_uncertainty(std::chrono::seconds(1));
  EXPECT_EQ(clock.now(), Instant(std::chrono::seconds(7)));
  EXPECT_EQ(clock.read().uncertainty, std::chrono::seconds(1));
}

TEST(SystemClock, SaysWhatItWasTold) {
  const SystemClock fixed(std::chrono::milliseconds(100));
  EXPECT_EQ(fixed.read().uncertainty, std::chrono::milliseconds(100));
  const SystemClock machine;
  EXPECT_GE(machine.read().uncertainty.count(), 0);
  EXPECT_GT(machine.now(), from_rfc3339("2024-01-01T00:00:00Z").value());
}

}  // namespace
}  // namespace sekisho
