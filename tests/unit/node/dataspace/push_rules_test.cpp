#include "node/dataspace/push_rules.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

PushRules rules() {
  return PushRules({{"in.trade.eu.example", 443, "", "", std::nullopt},
                    {"in.trade.eu.example", 8443, "127.0.0.1", "", std::nullopt},
                    {"trade.eu.example", 443, "", "", std::nullopt},
                    {"other.eu.example", 443, "", "", std::nullopt}});
}

struct Case {
  const char* name;
  const char* endpoint;
  std::optional<Code> refused;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.endpoint; }

class Endpoint : public ::testing::TestWithParam<Case> {};

TEST_P(Endpoint, IsPermittedOrSaysWhyNot) {
  const auto permitted = rules().permit(GetParam().endpoint, "trade.eu.example");
  EXPECT_EQ(permitted.has_value(), !GetParam().refused);
  if (permitted || !GetParam().refused) return;
  EXPECT_EQ(permitted.error().code, *GetParam().refused) << permitted.error().chain();
  ASSERT_EQ(permitted.error().help.size(), 2U);
  EXPECT_EQ(permitted.error().help[0].second, "/dataAddress/endpoint");
  EXPECT_FALSE(permitted.error().help[1].second.empty());
}

constexpr auto kNone = std::nullopt;
constexpr auto kUrl = Code::InvalidArgument;
constexpr auto kNotHere = Code::PushRefused;

INSTANTIATE_TEST_SUITE_P(
    Table, Endpoint,
    ::testing::Values(
        Case{"below_the_consumer", "https://in.trade.eu.example/sink", kNone},
        Case{"the_consumer", "https://trade.eu.example/sink?tenant=1", kNone},
        Case{"own_port", "https://in.trade.eu.example:443/sink", kNone},
        Case{"pinned_port", "https://in.trade.eu.example:8443/sink", kNone},
        Case{"upper_case", "https://IN.Trade.eu.example/sink", kNone},
        Case{"another_port", "https://in.trade.eu.example:9443/sink", kNotHere},
        Case{"another_host_below", "https://out.trade.eu.example/sink", kNotHere},
        Case{"another_consumer", "https://other.eu.example/sink", kNotHere},
        Case{"suffix_of_a_label", "https://eviltrade.eu.example/sink", kNotHere},
        Case{"prefix", "https://in.trade.eu.example.evil.example/sink", kNotHere},
        Case{"trailing_dot", "https://in.trade.eu.example./sink", kNotHere},
        Case{"plain", "http://in.trade.eu.example/sink", kUrl},
        Case{"scheme", "ftp://in.trade.eu.example/sink", kUrl},
        Case{"file", "file:///etc/passwd", kUrl},
        Case{"user_info", "https://in.trade.eu.example@127.0.0.1/sink", kUrl},
        Case{"user_info_in_front", "https://u:p@in.trade.eu.example/sink", kUrl},
        Case{"fragment", "https://in.trade.eu.example/sink#x", kUrl},
        Case{"loopback", "https://127.0.0.1/sink", kUrl},
        Case{"loopback_v6", "https://[::1]/sink", kUrl},
        Case{"mapped", "https://[::ffff:127.0.0.1]/sink", kUrl},
        Case{"metadata", "https://169.254.169.254/latest/meta-data", kUrl},
        Case{"decimal", "https://2130706433/sink", std::optional(kNotHere)},
        Case{"localhost", "https://localhost/sink", kNotHere},
        Case{"no_host", "https:///sink", kUrl},
        Case{"backslash", "https://in.trade.eu.example\\@127.0.0.1/", kUrl},
        Case{"line_end", "https://in.trade.eu.example/\r\nX: y", kUrl},
        Case{"relative", "//in.trade.eu.example/sink", kUrl},
        Case{"empty", "", kUrl}),
    [](const auto& one) { return one.param.name; });

TEST(PushRules, WithoutAListNothingIsPermitted) {
  const auto permitted = no_push().permit("https://trade.eu.example/sink", "trade.eu.example");
  ASSERT_FALSE(permitted);
  EXPECT_EQ(permitted.error().code, Code::PushRefused);
}

TEST(PushRules, WhoHasNoNameGetsNothing) {
  EXPECT_FALSE(rules().permit("https://trade.eu.example/sink", ""));
}

}  // namespace
}  // namespace sekisho::node
