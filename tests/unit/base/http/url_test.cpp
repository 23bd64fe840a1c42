#include "base/http/url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho::http {
namespace {

TEST(ParseUrl, Parts) {
  auto url = parse_url("HTTPS://Farm.JP.example:9441/a/b?x=1&y");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "farm.jp.example");
  EXPECT_EQ(url->port, 9441);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "x=1&y");
  EXPECT_EQ(url->target(), "/a/b?x=1&y");
  EXPECT_EQ(url->authority(), "farm.jp.example:9441");
  EXPECT_EQ(parse_url("http://h")->path, "/");
  EXPECT_EQ(parse_url("http://h?q")->target(), "/?q");
  EXPECT_EQ(parse_url("https://h/")->port, 443);
  EXPECT_EQ(parse_url("http://[::1]:80/")->host, "::1");
  EXPECT_EQ(parse_url("http://[::1]:80/")->authority(), "[::1]");
}

TEST(ParseUrl, Refused) {
  for (const char* text : {"",
                           "h",
                           "//h/",
                           "ftp://h/",
                           "http://",
                           "http:///x",
                           "http://u@h/",
                           "http://u:p@h/",
                           "http://h:0/",
                           "http://h:65536/",
                           "http://h:80x/",
                           "http://h:/",
                           "http://h/#f",
                           "http://h/ x",
                           "http://h\r\n/",
                           "http://[::1",
                           "http://[::1]x/",
                           "http://[zz]/",
                           "http://h/../x",
                           "http://h/%2e%2e/x",
                           "http://h/%0d",
                           "http://h/%",
                           "http://h/%1",
                           "http://h/%gg",
                           "http://\xc3\xa9/",
                           "http://h//x"}) {
    EXPECT_FALSE(parse_url(text).has_value()) << text;
  }
}

struct TargetCase {
  const char* text;
  const char* path;
  std::vector<std::string> segments;
  const char* query;
};

TEST(ParseTarget, Accepted) {
  const std::vector<TargetCase> cases{
      {"/", "/", {}, ""},
      {"/?", "/", {}, ""},
      {"/a", "/a", {"a"}, ""},
      {"/a/", "/a/", {"a", ""}, ""},
      {"/a/b?c=/d?e", "/a/b", {"a", "b"}, "c=/d?e"},
      {"/urn:x:1/%E2%82%AC", "/urn:x:1/\xe2\x82\xac", {"urn:x:1", "\xe2\x82\xac"}, ""},
      {"/a%2Fb/c", "/a/b/c", {"a/b", "c"}, ""},
      {"/...", "/...", {"..."}, ""},
      {"/a+b", "/a+b", {"a+b"}, ""},
  };
  for (const auto& c : cases) {
    auto target = parse_target(c.text);
    ASSERT_TRUE(target.has_value()) << c.text;
    EXPECT_EQ(target->path, c.path) << c.text;
    EXPECT_EQ(target->segments, c.segments) << c.text;
    EXPECT_EQ(target->query, c.query) << c.text;
  }
}

TEST(ParseTarget, Refused) {
  for (const char* text : {"",       "a",      "*",           "//",         "//a",           "/a//b",   "/./a",
                           "/a/.",   "/a/..",  "/../",        "/%2e",       "/%2E%2e/a",     "/.%2e/a", "/a/%00",
                           "/%1f",   "/%7f",   "/%c0%af",     "/%ed%a0%80", "/%f5%80%80%80", "/%ff",    "/a%",
                           "/a%2",   "/a%zz",  "/a\"b",       "/a<b",       "/a\\b",         "/a b",    "/a#b",
                           "/a?b#c", "/a?b c", "/a?\xc3\xa9", "/{id}",      "/a|b"}) {
    EXPECT_FALSE(parse_target(text).has_value()) << text;
  }
}

TEST(ParseQuery, Pairs) {
  auto query = parse_query("a=1&b=x+y&c&d=%26%3D&&a=2");
  ASSERT_TRUE(query.has_value());
  const Query expected{{"a", "1"}, {"b", "x y"}, {"c", ""}, {"d", "&="}, {"a", "2"}};
  EXPECT_EQ(*query, expected);
  EXPECT_FALSE(parse_query("a=%0a").has_value());
  EXPECT_FALSE(parse_query("a=%").has_value());
  std::string many;
  for (int i = 0; i < 65; ++i) many += "a&";
  EXPECT_FALSE(parse_query(many).has_value());
}

TEST(PercentEncoding, DecodesWhatItEncodes) {
  EXPECT_TRUE(rc::check("round trip of printable text", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
    const auto encoded = percent_encode(text);
    RC_ASSERT(percent_decode(encoded).value() == text);
    if (text.empty() || text == "." || text == "..") return;
    RC_ASSERT(parse_target("/" + encoded)->segments.front() == text);
  }));
}

}  // namespace
}  // namespace sekisho::http
