// Addresses in messages of a peer: what a hostile one writes there to have this node speak to somebody else.
#include <gtest/gtest.h>

#include "node/dataspace/process.hpp"

namespace sekisho::node {
namespace {

struct Case {
  const char* name;
  std::string address;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class HostileCallback : public ::testing::TestWithParam<Case> {};

TEST_P(HostileCallback, IsRefusedWithThePointer) {
  const Result<std::string> path = callback_path(GetParam().address, "trade.eu.example");
  ASSERT_FALSE(path) << "taken as " << *path;
  EXPECT_EQ(path.error().code, Code::InvalidArgument);
  ASSERT_FALSE(path.error().help.empty());
  EXPECT_EQ(path.error().help.front(), (std::pair<std::string, std::string>("pointer", "/callbackAddress")));
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileCallback,
    ::testing::Values(
        Case{"loopback", "https://127.0.0.1/dsp/2025-1"}, Case{"localhost", "https://localhost/dsp/2025-1"},
        Case{"loopback_port", "https://127.0.0.1:8443/"}, Case{"any", "https://0.0.0.0/"}, Case{"short_ipv4", "https://127.1/"},
        Case{"integer_ipv4", "https://2130706433/"}, Case{"octal_ipv4", "https://0177.0.0.1/"}, Case{"hex_ipv4", "https://0x7f.1/"},
        Case{"link_local", "https://169.254.1.1/"}, Case{"metadata", "https://169.254.169.254/latest/meta-data/"},
        Case{"metadata_name", "https://metadata.google.internal/"}, Case{"metadata_ipv6", "https://[fd00:ec2::254]/"},
        Case{"private_10", "https://10.0.0.1/"}, Case{"private_172", "https://172.16.0.1/"}, Case{"private_192", "https://192.168.0.1/"},
        Case{"shared_100", "https://100.64.0.1/"}, Case{"ipv6_loopback", "https://[::1]/"}, Case{"ipv6_any", "https://[::]/"},
        Case{"ipv6_mapped", "https://[::ffff:127.0.0.1]/"}, Case{"ipv6_mapped_hex", "https://[::ffff:7f00:1]/"},
        Case{"ipv6_link_local", "https://[fe80::1]/"}, Case{"ipv6_zone", "https://[fe80::1%25eth0]/"}, Case{"ipv6_nat64", "https://[64:ff9b::7f00:1]/"},
        Case{"ipv6_open", "https://[::1/"}, Case{"ipv6_tail", "https://[::1]trade.eu.example/"},
        Case{"other_host", "https://farm.jp.example/dsp/2025-1"}, Case{"host_below", "https://x.trade.eu.example/"},
        Case{"host_above", "https://eu.example/"}, Case{"host_suffix", "https://trade.eu.example.evil.example/"},
        Case{"host_prefix", "https://eviltrade.eu.example/"}, Case{"rebinding_name", "https://trade.eu.example.127.0.0.1.nip.io/"},
        Case{"user_info", "https://trade.eu.example@evil.example/"}, Case{"user_info_own", "https://evil.example@trade.eu.example/"},
        Case{"user_and_password", "https://trade.eu.example:443@evil.example/"}, Case{"user_info_empty", "https://@trade.eu.example/"},
        Case{"backslash", R"(https://trade.eu.example\@evil.example/)"}, Case{"backslash_path", R"(https://trade.eu.example\evil)"},
        Case{"tab", "https://trade.eu\t.example/"}, Case{"newline", "https://trade.eu.example/\r\nHost: evil.example"},
        Case{"leading_space", " https://trade.eu.example/"}, Case{"trailing_space", "https://trade.eu.example/ "},
        Case{"nul", std::string("https://trade.eu.example\0.evil.example/", 39)}, Case{"percent_host", "https://trade%2eeu.example/"},
        Case{"percent_host_slash", "https://trade.eu.example%2f@evil.example/"}, Case{"trailing_dot", "https://trade.eu.example./"},
        Case{"idn", "https://tr\xc3\xa4" "de.eu.example/"}, Case{"fullwidth", "https://\xef\xbd\x94rade.eu.example/"},
        Case{"punycode", "https://xn--trde-koa.eu.example/"}, Case{"ideographic_stop", "https://trade\xe3\x80\x82" "eu.example/"},
        Case{"http", "http://trade.eu.example/dsp/2025-1"}, Case{"ws", "wss://trade.eu.example/"}, Case{"file", "file:///etc/passwd"},
        Case{"gopher", "gopher://trade.eu.example/"}, Case{"javascript", "javascript:alert(1)"}, Case{"data", "data:,x"},
        Case{"no_scheme", "trade.eu.example/dsp"}, Case{"protocol_relative", "//trade.eu.example/"}, Case{"scheme_only", "https://"},
        Case{"one_slash", "https:/trade.eu.example/"}, Case{"empty", ""}, Case{"fragment", "https://trade.eu.example/#x"},
        Case{"fragment_host", "https://trade.eu.example#@evil.example/"}, Case{"query", "https://trade.eu.example/?next=x"},
        Case{"query_host", "https://trade.eu.example?@evil.example/"}, Case{"dot_segments", "https://trade.eu.example/dsp/../admin"},
        Case{"dot_segment", "https://trade.eu.example/./dsp"}, Case{"encoded_dots", "https://trade.eu.example/dsp/%2e%2e/admin"},
        Case{"half_encoded_dots", "https://trade.eu.example/dsp/.%2E/admin"}, Case{"double_slash", "https://trade.eu.example//evil.example/"},
        Case{"path_nul", "https://trade.eu.example/%00"}, Case{"path_newline", "https://trade.eu.example/%0d%0aX:y"},
        Case{"path_bad_percent", "https://trade.eu.example/%zz"}, Case{"path_overlong", "https://trade.eu.example/%c0%af"},
        Case{"path_space", "https://trade.eu.example/a b"}, Case{"port_zero", "https://trade.eu.example:0/"},
        Case{"port_large", "https://trade.eu.example:65536/"}, Case{"port_text", "https://trade.eu.example:x/"},
        Case{"port_signed", "https://trade.eu.example:+443/"}, Case{"port_twice", "https://trade.eu.example:443:1/"},
        Case{"port_empty", "https://trade.eu.example:/"}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Callback, OfThePeerItselfGivesItsPath) {
  const std::vector<std::pair<const char*, const char*>> cases{{"https://trade.eu.example/dsp/2025-1", "/dsp/2025-1"},
                                                              {"https://trade.eu.example/dsp/2025-1/", "/dsp/2025-1"},
                                                              {"https://trade.eu.example", ""},
                                                              {"https://trade.eu.example/", ""},
                                                              {"HTTPS://Trade.EU.Example/dsp", "/dsp"},
                                                              {"https://trade.eu.example:443/dsp", "/dsp"}};
  for (const auto& [address, path] : cases) {
    const Result<std::string> taken = callback_path(address, "trade.eu.example");
    ASSERT_TRUE(taken) << address << ": " << taken.error().chain();
    EXPECT_EQ(*taken, path) << address;
  }
}

// No part of the address chooses where the connection goes: name, port and address come from the trust snapshot.
TEST(Callback, APortIsNeverUsed) { EXPECT_EQ(callback_path("https://trade.eu.example:1/dsp", "trade.eu.example").value_or("?"), "/dsp"); }

}  // namespace
}  // namespace sekisho::node
