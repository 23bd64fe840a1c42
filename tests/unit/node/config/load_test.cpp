#include "node/config/load.hpp"

#include <set>

#include <gtest/gtest.h>

#include "node/config/definition.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kGood = R"(
node: {dns: farm.jp.example}
data: data
keys: /etc/sekisho/keys
listeners:
  peer: {address: "127.0.0.1:9441"}
  service: {address: "[::1]:9442", certificate: service.pem, key: service.key}
trust: {snapshot: snapshot.pb}
)";

TEST(Settings, GoodFileWithDefaults) {
  const auto s = parse_settings(kGood, "/srv/farm/node.yaml");
  ASSERT_TRUE(s) << s.error().chain();
  EXPECT_EQ(s->dns, "farm.jp.example");
  EXPECT_EQ(s->data, "/srv/farm/data");
  EXPECT_EQ(s->anchor, "/srv/farm/data/anchor");
  EXPECT_EQ(s->operator_socket, "/srv/farm/data/operator.sock");
  EXPECT_EQ(s->service.address, "::1");
  EXPECT_EQ(s->service.port, 9442);
  EXPECT_FALSE(s->clock_uncertainty);
}

struct BadCase {
  const char* name;
  std::string extra;
  Code code;
  const char* says;
};

class BadSettings : public testing::TestWithParam<BadCase> {};

TEST_P(BadSettings, NamesTheKey) {
  const auto s = parse_settings(std::string(kGood) + GetParam().extra, "node.yaml");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, GetParam().code) << s.error().chain();
  EXPECT_NE(s.error().chain().find(GetParam().says), std::string::npos) << s.error().chain();
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadSettings,
    testing::Values(BadCase{"UnknownKey", "colour: red\n", Code::SettingUnknown, "'colour' is unknown"},
                    BadCase{"UnknownInGroup", "limits: {opne_exchanges: 3}\n", Code::SettingUnknown, "'limits.opne_exchanges'"},
                    BadCase{"GroupAsText", "limits: 3\n", Code::SettingUnknown, "'limits' must be a group"},
                    BadCase{"NegativeCount", "workers: -1\n", Code::SettingInvalid, "'workers': expected a whole number"},
                    BadCase{"Duration", "clock: {uncertainty: 100}\n", Code::SettingInvalid, "'clock.uncertainty': expected a duration"},
                    BadCase{"Level", "log: {level: loud}\n", Code::SettingInvalid, "expected debug, info, warn or error"},
                    BadCase{"Syntax", "egress: [a\n", Code::YamlSyntax, "node.yaml cannot be read"},
                    BadCase{"DuplicateKey", "data: other\n", Code::YamlSyntax, "node.yaml cannot be read"}),
    [](const auto& test) { return test.param.name; });

TEST(Settings, PushHostsAreReadWithTheirPins) {
  const auto s = parse_settings(std::string(kGood) + R"(
transfers:
  push:
    allow:
      - {host: in.trade.eu.example}
      - {host: in.trade.eu.example, port: 8443, address: 127.0.0.1, ca: lab.pem, key: ")" + std::string(64, 'a') + "\"}\n",
                                "/srv/farm/node.yaml");
  ASSERT_TRUE(s) << s.error().chain();
  ASSERT_EQ(s->push_allow.size(), 2U);
  EXPECT_EQ(s->push_allow[0].port, 443);
  EXPECT_TRUE(s->push_allow[0].address.empty());
  EXPECT_EQ(s->push_allow[1].port, 8443);
  EXPECT_EQ(s->push_allow[1].address, "127.0.0.1");
  EXPECT_EQ(s->push_allow[1].ca, "/srv/farm/lab.pem");
  EXPECT_EQ(s->push_allow[1].key, std::string(64, 'a'));
}

INSTANTIATE_TEST_SUITE_P(
    Push, BadSettings,
    testing::Values(BadCase{"NoList", "transfers: {push: {allow: all}}\n", Code::SettingInvalid, "'transfers.push.allow': expected a list"},
                    BadCase{"Name", "transfers: {push: {allow: [in.trade.eu.example]}}\n", Code::SettingInvalid, "a list of maps"},
                    BadCase{"NoHost", "transfers: {push: {allow: [{port: 443}]}}\n", Code::SettingInvalid, "a host in each entry"},
                    BadCase{"Literal", "transfers: {push: {allow: [{host: 127.0.0.1}]}}\n", Code::SettingInvalid, "an IP address goes into address"},
                    BadCase{"Wildcard", "transfers: {push: {allow: [{host: \"*.eu.example\"}]}}\n", Code::SettingInvalid, "a DNS name"},
                    BadCase{"Address", "transfers: {push: {allow: [{host: a.b, address: lab}]}}\n", Code::SettingInvalid, "an IP address in address"},
                    BadCase{"Key", "transfers: {push: {allow: [{host: a.b, key: ff}]}}\n", Code::SettingInvalid, "64 lower-case hex digits"},
                    BadCase{"Unknown", "transfers: {push: {allow: [{host: a.b, spki: ff}]}}\n", Code::SettingInvalid, "nothing else"},
                    BadCase{"Twice", "transfers: {push: {allow: [{host: a.b}, {host: a.b, port: 443}]}}\n", Code::SettingInvalid, "once"}),
    [](const auto& test) { return test.param.name; });

TEST(Settings, AllFaultsTogether) {
  const auto s = parse_settings("node: {dns: Farm.JP}\nlisteners: {peer: {address: localhost}}\n", "node.yaml");
  ASSERT_FALSE(s);
  for (const char* key : {"'node.dns'", "'data' is missing", "'keys' is missing", "'listeners.peer.address'", "'trust.snapshot' is missing"}) {
    EXPECT_NE(s.error().message.find(key), std::string::npos) << s.error().message;
  }
}

TEST(Settings, TableHasNoDuplicates) {
  std::set<std::string_view> keys;
  for (const auto& row : setting_rows()) EXPECT_TRUE(keys.insert(row.key).second) << row.key;
}

}  // namespace
}  // namespace sekisho::node
