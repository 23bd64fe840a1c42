#include "base/http/public_address.hpp"

#include <gtest/gtest.h>

namespace sekisho::http {
namespace {

struct Case {
  const char* name;
  const char* address;
  bool is_public;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.address; }

class PublicAddress : public ::testing::TestWithParam<Case> {};

TEST_P(PublicAddress, IsToldFromWhatIsNot) { EXPECT_EQ(is_public_address(GetParam().address), GetParam().is_public); }

INSTANTIATE_TEST_SUITE_P(
    Table, PublicAddress,
    ::testing::Values(
        Case{"ordinary", "9.9.9.9", true}, Case{"ordinary_v6", "2620:fe::9", true},
        Case{"below_private", "9.255.255.255", true}, Case{"above_private", "11.0.0.0", true},
        Case{"this_network", "0.0.0.0", false}, Case{"this_host", "0.1.2.3", false},
        Case{"private_10", "10.255.0.1", false}, Case{"shared", "100.64.0.1", false},
        Case{"below_shared", "100.63.255.255", true}, Case{"above_shared", "100.128.0.0", true},
        Case{"metadata_shared", "100.100.100.200", false}, Case{"loopback", "127.0.0.1", false},
        Case{"loopback_end", "127.255.255.254", false}, Case{"wire_server", "168.63.129.16", false},
        Case{"beside_wire_server", "168.63.129.17", true}, Case{"metadata", "169.254.169.254", false},
        Case{"private_172", "172.16.0.1", false}, Case{"private_172_end", "172.31.255.255", false},
        Case{"above_172", "172.32.0.0", true}, Case{"assignments", "192.0.0.192", false},
        Case{"documentation_1", "192.0.2.1", false}, Case{"relay", "192.88.99.1", false},
        Case{"private_192", "192.168.1.1", false}, Case{"benchmarks", "198.19.0.1", false},
        Case{"documentation_2", "198.51.100.7", false}, Case{"documentation_3", "203.0.113.7", false},
        Case{"multicast", "224.0.0.1", false}, Case{"reserved", "240.0.0.1", false},
        Case{"broadcast", "255.255.255.255", false}, Case{"unspecified_v6", "::", false},
        Case{"loopback_v6", "::1", false}, Case{"mapped", "::ffff:9.9.9.9", false},
        Case{"mapped_loopback", "::ffff:127.0.0.1", false}, Case{"mapped_hex", "::ffff:7f00:1", false},
        Case{"compatible", "::9.9.9.9", false}, Case{"nat64", "64:ff9b::7f00:1", false},
        Case{"nat64_local", "64:ff9b:1::7f00:1", false}, Case{"discard", "100::1", false},
        Case{"teredo", "2001:0:7f00:1::1", false}, Case{"orchid", "2001:20::1", false},
        Case{"documentation_v6", "2001:db8::1", false}, Case{"documentation_v6_new", "3fff:0fff::1", false},
        Case{"six_to_four", "2002:7f00:1::", false}, Case{"unique_local", "fd00:ec2::254", false},
        Case{"link_local", "fe80::1", false}, Case{"site_local", "fec0::1", false},
        Case{"multicast_v6", "ff02::1", false}, Case{"zone_index", "fe80::1%eth0", false},
        Case{"octal", "0177.0.0.1", false}, Case{"short", "127.1", false}, Case{"decimal", "2130706433", false},
        Case{"hexadecimal", "0x7f000001", false}, Case{"bracketed", "[2620:fe::9]", false},
        Case{"trailing_dot", "9.9.9.9.", false}, Case{"name", "farm.jp.example", false}, Case{"empty", "", false}),
    [](const auto& one) { return one.param.name; });

TEST(PublicAddress, ALiteralIsNoName) {
  EXPECT_TRUE(is_address_literal("127.0.0.1"));
  EXPECT_TRUE(is_address_literal("::1"));
  EXPECT_FALSE(is_address_literal("localhost"));
  EXPECT_FALSE(is_address_literal(std::string_view("9.9.9.9\0", 8)));
}

}  // namespace
}  // namespace sekisho::http
