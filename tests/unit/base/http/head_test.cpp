// Raw octets through scanner and parser: what must not pass the front door.
#include "base/http/head.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho::http {
namespace {

// As a connection does it: fed in pieces of n octets.
Result<RequestHead> read(const std::string& raw, std::size_t n, const HeadLimits& limits = {}) {
  HeadScanner scanner(limits);
  for (std::size_t size = std::min(n, raw.size());; size = std::min(size + n, raw.size())) {
    auto end = scanner.scan(std::string_view(raw).substr(0, size));
    if (!end) return fail(end.error());
    if (*end > 0) return parse_request_head(std::string_view(raw).substr(0, *end));
    if (size == raw.size()) return fail(Code::Truncated, "more is needed");
  }
}

const std::string kHost = "Host: a\r\n";

TEST(RequestHead, Accepted) {
  const std::string raw =
      "POST /a/b?c=d HTTP/1.1\r\nHost: farm.jp.example\r\nX-Empty:\r\nX-Space: \t v w \t\r\n"
      "Content-Length: 12\r\nExpect: 100-Continue\r\nConnection: close\r\nX-Utf8: \xc3\xa9\r\n\r\nbody";
  for (std::size_t n : {std::size_t{1}, std::size_t{5}, raw.size()}) {
    auto head = read(raw, n);
    ASSERT_TRUE(head.has_value()) << head.error().chain();
    EXPECT_EQ(head->method, "POST");
    EXPECT_EQ(head->target, "/a/b?c=d");
    EXPECT_EQ(head->version_minor, 1);
    EXPECT_EQ(head->body.length, 12U);
    EXPECT_TRUE(head->expects_continue);
    EXPECT_FALSE(head->keep_alive);
    EXPECT_EQ(head->headers.size(), 7U);
    EXPECT_EQ(head->headers.find("x-empty"), "");
    EXPECT_EQ(head->headers.find("x-space"), "v w");
    EXPECT_EQ(head->headers.find("x-utf8"), "\xc3\xa9");
  }
}

TEST(RequestHead, AnAbsoluteTargetOfTheSameHostIsItsPath) {
  auto head = read("GET http://a/x HTTP/1.1\r\n" + kHost + "\r\n", 1000);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->origin, "/x");
}

struct Case {
  const char* name;
  std::string raw;
  Code code = Code::Framing;
};

TEST(RequestHead, Refused) {
  const std::string get = "GET / HTTP/1.1\r\n";
  const std::string post = "POST / HTTP/1.1\r\n" + kHost;
  const std::vector<Case> cases{
      {"empty line first", "\r\n" + get + kHost + "\r\n"},
      {"bare line feed first", "\n" + get},
      {"bare line feed after the start line", "GET / HTTP/1.1\n" + kHost + "\r\n"},
      {"bare line feed after a field", get + "Host: a\nX: y\r\n\r\n"},
      {"bare line feeds at the end", get + "Host: a\r\n\n"},
      {"bare carriage return in a value", get + kHost + "X: a\rb\r\n\r\n"},
      {"carriage return twice", get + kHost + "X: a\r\r\n\r\n"},
      {"folded line", get + kHost + "X: a\r\n b\r\n\r\n"},
      {"folded line with a tab", get + kHost + "X: a\r\n\tb\r\n\r\n"},
      {"folded coding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n"},
      {"space before the first field", get + " " + kHost + "\r\n"},
      {"space before the colon", get + kHost + "Content-Length : 5\r\n\r\n"},
      {"space in a name", get + kHost + "X Y: z\r\n\r\n"},
      {"empty name", get + kHost + ": z\r\n\r\n"},
      {"line without a colon", get + kHost + "X\r\n\r\n"},
      {"NUL in a value", get + kHost + std::string("X: a\0b\r\n\r\n", 10)},
      {"NUL in a name", get + kHost + std::string("X\0: a\r\n\r\n", 9)},
      {"NUL in the target", std::string("GET /\0 HTTP/1.1\r\n", 17) + kHost + "\r\n"},
      {"control in a value", get + kHost + "X: \x01\r\n\r\n"},
      {"delete in a value", get + kHost + "X: \x7f\r\n\r\n"},
      {"beyond ASCII in a name", get + kHost + "X\xc3\xa9: a\r\n\r\n"},
      {"beyond ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + kHost + "\r\n"},
      {"no Host", get + "\r\n"},
      {"two Hosts", get + kHost + "Host: b\r\n\r\n"},
      {"the same Host twice", get + kHost + kHost + "\r\n"},
      {"absolute target of another host", "GET http://b/ HTTP/1.1\r\n" + kHost + "\r\n"},
      {"two spaces", "GET  / HTTP/1.1\r\n" + kHost + "\r\n"},
      {"no version", "GET /\r\n" + kHost + "\r\n"},
      {"HTTP/0.9", "GET / HTTP/0.9\r\n" + kHost + "\r\n"},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + kHost + "\r\n"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\n" + kHost + "\r\n"},
      {"small http", "GET / http/1.1\r\n" + kHost + "\r\n"},
      {"text after the version", "GET / HTTP/1.1 x\r\n" + kHost + "\r\n"},
      {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"TLS hello on a plain port", std::string("\x16\x03\x01\x02\x00", 5)},
      {"both lengths", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
      {"equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"},
      {"plus", post + "Content-Length: +5\r\n\r\n"},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n"},
      {"other expectation", get + kHost + "Expect: payment\r\n\r\n"},
      {"gzip", post + "Transfer-Encoding: gzip\r\n\r\n", Code::TransferCoding},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", Code::TransferCoding},
      {"coding with a trailing tab character", post + "Transfer-Encoding: chunked\x0b\r\n\r\n"},
      {"POST without a length", post + "\r\n", Code::LengthRequired},
  };
  for (const auto& c : cases) {
    for (std::size_t n : {std::size_t{1}, std::size_t{3}, std::size_t{4096}}) {
      auto head = read(c.raw, n);
      ASSERT_FALSE(head.has_value()) << c.name;
      EXPECT_EQ(head.error().code, c.code) << c.name << " in pieces of " << n << ": " << head.error().chain();
    }
  }
}

TEST(RequestHead, TheLimitsHold) {
  HeadLimits limits;
  limits.bytes = 2000;
  limits.fields = 10;
  limits.target = 500;
  const std::string start = "GET / HTTP/1.1\r\n" + kHost;
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "X: y\r\n";
  EXPECT_TRUE(read(start + nine + "\r\n", 4096, limits).has_value());
  const std::vector<Case> cases{
      {"one field more", start + nine + "X: y\r\n\r\n", Code::HeaderTooLarge},
      {"one huge value", start + "X: " + std::string(2000, 'y') + "\r\n\r\n", Code::HeaderTooLarge},
      {"a value without an end", start + "X: " + std::string(100'000, 'y'), Code::HeaderTooLarge},
      {"a name without an end", start + std::string(100'000, 'y'), Code::HeaderTooLarge},
      {"a huge target", "GET /" + std::string(600, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n", Code::HeaderTooLarge},
  };
  for (const auto& c : cases) {
    auto head = read(c.raw, 100, limits);
    ASSERT_FALSE(head.has_value()) << c.name;
    EXPECT_EQ(head.error().code, c.code) << c.name;
  }
}

// The exact size is allowed, one octet less is not: the limit counts what it says it counts.
TEST(RequestHead, TheSizeLimitIsExact) {
  const std::string raw = "GET / HTTP/1.1\r\n" + kHost + "\r\n";
  HeadLimits limits;
  limits.bytes = raw.size();
  EXPECT_TRUE(read(raw, 1, limits).has_value());
  limits.bytes = raw.size() - 1;
  EXPECT_FALSE(read(raw, 1, limits).has_value());
}

TEST(RequestHead, WhereTheNetworkCutsDoesNotMatter) {
  EXPECT_TRUE(rc::check("mutated heads give one verdict for every cut", [] {
    std::string raw = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX: y\r\n\r\n";
    const auto edits = *rc::gen::inRange(0, 4);
    for (int i = 0; i < edits; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, raw.size());
      raw[at] = static_cast<char>(*rc::gen::inRange(0, 256));
    }
    const auto whole = read(raw, raw.size());
    const auto pieces = read(raw, *rc::gen::inRange<std::size_t>(1, raw.size()));
    RC_ASSERT(whole.has_value() == pieces.has_value());
    if (!whole) RC_ASSERT(whole.error().code == pieces.error().code);
  }));
}

TEST(ResponseHead, Table) {
  EXPECT_EQ(parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "GET")->body.length, 5U);
  EXPECT_EQ(parse_response_head("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", "GET")->status, 404);
  EXPECT_FALSE(parse_response_head("HTTP/1.0 200 OK\r\n\r\n", "GET")->keep_alive);
  for (const char* raw : {"HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
                          "HTTP/1.1 600 X\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    EXPECT_FALSE(parse_response_head(raw, "GET").has_value()) << raw;
  }
}

}  // namespace
}  // namespace sekisho::http
