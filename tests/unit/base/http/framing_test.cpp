#include "base/http/framing.hpp"

#include <gtest/gtest.h>

namespace sekisho::http {
namespace {

using Kind = BodyFraming::Kind;

struct Accepted {
  const char* name;
  const char* method;
  int minor;
  Headers headers;
  BodyFraming framing;
};

TEST(RequestFraming, Accepted) {
  const std::vector<Accepted> cases{
      {"GET without anything", "GET", 1, {}, {Kind::None, 0}},
      {"GET with a length", "GET", 1, {{"Content-Length", "3"}}, {Kind::Length, 3}},
      {"POST of nothing", "POST", 1, {{"Content-Length", "0"}}, {Kind::Length, 0}},
      {"leading zeros", "POST", 1, {{"content-length", "007"}}, {Kind::Length, 7}},
      {"largest", "POST", 1, {{"Content-Length", "9007199254740992"}}, {Kind::Length, 9007199254740992}},
      {"chunked", "POST", 1, {{"Transfer-Encoding", "chunked"}}, {Kind::Chunked, 0}},
      {"chunked in capitals", "PUT", 1, {{"transfer-encoding", "Chunked"}}, {Kind::Chunked, 0}},
      {"length in HTTP/1.0", "POST", 0, {{"Content-Length", "2"}}, {Kind::Length, 2}},
      {"DELETE without a length", "DELETE", 1, {}, {Kind::None, 0}},
  };
  for (const auto& c : cases) {
    auto framing = request_framing(c.method, c.minor, c.headers);
    ASSERT_TRUE(framing.has_value()) << c.name;
    EXPECT_EQ(*framing, c.framing) << c.name;
  }
}

struct Refused {
  const char* name;
  const char* method;
  int minor;
  Headers headers;
  Code code;
};

TEST(RequestFraming, Refused) {
  const std::vector<Refused> cases{
      {"both", "POST", 1, {{"Content-Length", "3"}, {"Transfer-Encoding", "chunked"}}, Code::Framing},
      {"both, the other order", "POST", 1, {{"Transfer-Encoding", "chunked"}, {"Content-Length", "3"}}, Code::Framing},
      {"gzip with a length", "POST", 1, {{"Transfer-Encoding", "gzip"}, {"Content-Length", "3"}}, Code::Framing},
      {"two lengths", "POST", 1, {{"Content-Length", "3"}, {"Content-Length", "4"}}, Code::Framing},
      {"the same length twice", "POST", 1, {{"Content-Length", "3"}, {"Content-Length", "3"}}, Code::Framing},
      {"list of lengths", "POST", 1, {{"Content-Length", "3, 3"}}, Code::Framing},
      {"plus", "POST", 1, {{"Content-Length", "+5"}}, Code::Framing},
      {"minus", "POST", 1, {{"Content-Length", "-5"}}, Code::Framing},
      {"hexadecimal", "POST", 1, {{"Content-Length", "0x5"}}, Code::Framing},
      {"decimal point", "POST", 1, {{"Content-Length", "5.0"}}, Code::Framing},
      {"inner space", "POST", 1, {{"Content-Length", "1 0"}}, Code::Framing},
      {"empty length", "POST", 1, {{"Content-Length", ""}}, Code::Framing},
      {"beyond 2^53", "POST", 1, {{"Content-Length", "9007199254740993"}}, Code::Framing},
      {"overflow", "POST", 1, {{"Content-Length", "18446744073709551617"}}, Code::Framing},
      {"chunked in HTTP/1.0", "POST", 0, {{"Transfer-Encoding", "chunked"}}, Code::Framing},
      {"chunked twice", "POST", 1, {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, Code::Framing},
      {"gzip", "POST", 1, {{"Transfer-Encoding", "gzip"}}, Code::TransferCoding},
      {"gzip, chunked", "POST", 1, {{"Transfer-Encoding", "gzip, chunked"}}, Code::TransferCoding},
      {"chunked, chunked", "POST", 1, {{"Transfer-Encoding", "chunked, chunked"}}, Code::TransferCoding},
      {"chunked, identity", "POST", 1, {{"Transfer-Encoding", "chunked, identity"}}, Code::TransferCoding},
      {"identity", "GET", 1, {{"Transfer-Encoding", "identity"}}, Code::TransferCoding},
      {"vertical tab before chunked", "POST", 1, {{"Transfer-Encoding", "\vchunked"}}, Code::TransferCoding},
      {"chunked with parameter", "POST", 1, {{"Transfer-Encoding", "chunked;q=1"}}, Code::TransferCoding},
      {"empty coding", "POST", 1, {{"Transfer-Encoding", ""}}, Code::TransferCoding},
      {"POST without a length", "POST", 1, {}, Code::LengthRequired},
      {"PUT without a length", "PUT", 1, {}, Code::LengthRequired},
      {"PATCH without a length", "PATCH", 1, {}, Code::LengthRequired},
  };
  for (const auto& c : cases) {
    auto framing = request_framing(c.method, c.minor, c.headers);
    ASSERT_FALSE(framing.has_value()) << c.name;
    EXPECT_EQ(framing.error().code, c.code) << c.name;
  }
}

TEST(ResponseFraming, Table) {
  const Headers none;
  const Headers length{{"Content-Length", "5"}};
  const Headers chunked{{"Transfer-Encoding", "chunked"}};
  EXPECT_EQ(response_framing("GET", 200, 1, length)->kind, Kind::Length);
  EXPECT_EQ(response_framing("GET", 200, 1, chunked)->kind, Kind::Chunked);
  EXPECT_EQ(response_framing("GET", 200, 1, none)->kind, Kind::UntilClose);
  EXPECT_EQ(response_framing("HEAD", 200, 1, length)->kind, Kind::None);
  EXPECT_EQ(response_framing("GET", 204, 1, none)->kind, Kind::None);
  EXPECT_EQ(response_framing("GET", 304, 1, length)->kind, Kind::None);
  EXPECT_EQ(response_framing("GET", 100, 1, none)->kind, Kind::None);
  EXPECT_FALSE(response_framing("GET", 200, 1, {{"Content-Length", "5"}, {"Content-Length", "5"}}).has_value());
  EXPECT_FALSE(
      response_framing("HEAD", 200, 1, {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}).has_value());
}

TEST(CheckTarget, HostAndForm) {
  const Headers host{{"Host", "farm.jp.example:9441"}};
  EXPECT_EQ(*check_target("GET", "/a?b", 1, host), "/a?b");
  EXPECT_EQ(*check_target("GET", "https://FARM.jp.example:9441/a", 1, host), "/a");
  EXPECT_EQ(*check_target("GET", "http://farm.jp.example:9441", 1, host), "/");
  EXPECT_EQ(*check_target("OPTIONS", "*", 1, host), "*");
  EXPECT_EQ(*check_target("GET", "/", 0, {}), "/");
  EXPECT_FALSE(check_target("GET", "/", 1, {}).has_value()) << "no Host";
  EXPECT_FALSE(check_target("GET", "/", 1, {{"Host", "a"}, {"Host", "a"}}).has_value()) << "two Hosts";
  EXPECT_FALSE(check_target("GET", "/", 1, {{"Host", ""}}).has_value()) << "empty Host";
  EXPECT_FALSE(check_target("GET", "/", 1, {{"Host", "a@b"}}).has_value()) << "user info";
  EXPECT_FALSE(check_target("GET", "/", 1, {{"Host", "a, b"}}).has_value()) << "list";
  EXPECT_FALSE(check_target("GET", "/", 1, {{"Host", "a/b"}}).has_value()) << "path";
  EXPECT_FALSE(check_target("GET", "https://other/a", 1, host).has_value()) << "other host";
  EXPECT_FALSE(check_target("GET", "https://farm.jp.example/a", 1, host).has_value()) << "other port";
  EXPECT_FALSE(check_target("GET", "https://farm.jp.example:9441?x", 1, host).has_value()) << "no path";
  EXPECT_FALSE(check_target("GET", "*", 1, host).has_value()) << "* without OPTIONS";
  EXPECT_FALSE(check_target("GET", "a", 1, host).has_value()) << "relative";
  EXPECT_FALSE(check_target("CONNECT", "farm.jp.example:9441", 1, host).has_value()) << "CONNECT";
}

TEST(KeepsAlive, Table) {
  EXPECT_TRUE(keeps_alive(1, {}));
  EXPECT_TRUE(keeps_alive(1, {{"Connection", "keep-alive"}}));
  EXPECT_FALSE(keeps_alive(1, {{"Connection", "Close"}}));
  EXPECT_FALSE(keeps_alive(1, {{"Connection", "x"}, {"Connection", "y ,\tclose"}}));
  EXPECT_TRUE(keeps_alive(1, {{"Connection", "closed"}}));
  EXPECT_FALSE(keeps_alive(0, {{"Connection", "keep-alive"}}));
}

}  // namespace
}  // namespace sekisho::http
