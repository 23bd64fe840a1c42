#include "node/server/router.hpp"

#include <type_traits>

#include <gtest/gtest.h>

#include "base/http/url.hpp"

namespace sekisho::node {
namespace {

async::Task<http::Response> nothing(http::Request) { co_return http::Response{}; }

Route route(std::string_view method, std::string_view pattern) {
  return {method, pattern, Access::open("test"), 0, "", nothing};
}

static_assert(!std::is_default_constructible_v<Access>, "a route must state who may");
static_assert(!std::is_default_constructible_v<Route>, "a route must state who may");

std::string found(const Router& router, std::string_view method, std::string_view target) {
  auto parsed = http::parse_target(target);
  if (!parsed) return "bad target";
  auto match = router.find(method, parsed->segments);
  if (!match) {
    std::string text(match.error().name());
    for (const auto& [name, value] : match.error().help) text += " " + name + "=" + value;
    return text;
  }
  std::string text(match->route->pattern);
  for (const auto& [name, value] : match->params) text += " " + name + "=" + value;
  return text;
}

TEST(Router, Finds) {
  auto made = Router::make({route("GET", "/"), route("GET", "/a"), route("POST", "/a"), route("GET", "/a/{x}"),
                            route("GET", "/a/b"), route("GET", "/a/{x}/c/{y}"), route("GET", "/tlog/{path*}"),
                            route("GET", "/a/b/only"), route("DELETE", "/a/{x}")});
  ASSERT_TRUE(made.has_value()) << made.error().chain();
  const Router& router = **made;
  struct Case {
    const char* method;
    const char* target;
    const char* expected;
  };
  for (const auto& c : std::vector<Case>{
           {"GET", "/", "/"},
           {"GET", "/a", "/a"},
           {"PUT", "/a", "METHOD_NOT_ALLOWED allow=GET, POST"},
           {"HEAD", "/a", "METHOD_NOT_ALLOWED allow=GET, POST"},
           {"OPTIONS", "/a", "METHOD_NOT_ALLOWED allow=GET, POST"},
           {"get", "/a", "METHOD_NOT_ALLOWED allow=GET, POST"},
           {"GET", "/a/b", "/a/b"},
           {"GET", "/a/z", "/a/{x} x=z"},
           {"GET", "/a/", "NOT_FOUND"},
           {"GET", "/a/urn%3Auuid%3A1", "/a/{x} x=urn:uuid:1"},
           {"GET", "/a/b%2Fc", "/a/{x} x=b/c"},
           {"GET", "/a/b/c/d", "/a/{x}/c/{y} x=b y=d"},
           {"GET", "/a/b/c", "NOT_FOUND"},
           {"GET", "/a/b/only", "/a/b/only"},
           {"GET", "/tlog", "NOT_FOUND"},
           {"GET", "/tlog/0/x001/067", "/tlog/{path*} path=0/x001/067"},
           {"POST", "/tlog/0", "METHOD_NOT_ALLOWED allow=GET"},
           {"GET", "/b", "NOT_FOUND"},
           {"GET", "/A", "NOT_FOUND"},
       }) {
    EXPECT_EQ(found(router, c.method, c.target), c.expected) << c.method << " " << c.target;
  }
}

TEST(Router, RefusesTablesWithABug) {
  for (const char* pattern : {"", "a", "/a//b", "/a/", "/{x", "/x}", "/{}", "/a{x}", "/{x*}/a", "/*"}) {
    EXPECT_FALSE(Router::make({route("GET", pattern)}).has_value()) << pattern;
  }
  EXPECT_FALSE(Router::make({route("GET", "/a"), route("GET", "/a")}).has_value());
  EXPECT_FALSE(Router::make({route("GET", "/{x}"), route("GET", "/{y}")}).has_value()) << "one path, two names";
  Route without = route("GET", "/a");
  without.handler = nullptr;
  EXPECT_FALSE(Router::make({without}).has_value());
}

}  // namespace
}  // namespace sekisho::node
