#include "base/http/chunked.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho::http {
namespace {

// Fed in pieces of `n` octets: the state machine must not care where the network cuts.
Result<std::string> decode(std::string_view text, std::size_t n, std::size_t limit = 1000) {
  ChunkedDecoder decoder(limit);
  std::string out;
  for (std::size_t at = 0; at < text.size() && !decoder.done(); at += n) {
    auto used = decoder.feed(text.substr(at, n), out);
    if (!used) return fail(used.error());
  }
  if (!decoder.done()) return fail(Code::Truncated, "more is needed");
  return out;
}

struct Case {
  const char* name;
  std::string text;
  std::string body;  // of the accepted
};

TEST(Chunked, Accepted) {
  const std::vector<Case> cases{
      {"empty", "0\r\n\r\n", ""},
      {"one", "5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"two", "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", "abc0123456789"},
      {"leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "hello"},
      {"extension", "5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", "hello"},
      {"extension at the limit", "1;" + std::string(256, 'x') + "\r\nz\r\n0\r\n\r\n", "z"},
      {"data that looks like framing", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"},
  };
  for (const auto& c : cases) {
    for (std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{4096}}) {
      auto body = decode(c.text, n);
      ASSERT_TRUE(body.has_value()) << c.name << " in pieces of " << n << ": " << body.error().chain();
      EXPECT_EQ(*body, c.body) << c.name;
    }
  }
}

struct Refusal {
  const char* name;
  std::string text;
  Code code;
};

TEST(Chunked, Refused) {
  const std::vector<Refusal> cases{
      {"no size", "\r\nhello", Code::Framing},
      {"no size but extension", ";x\r\n", Code::Framing},
      {"sign", "+5\r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"negative", "-1\r\n", Code::Framing},
      {"0x", "0x5\r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"space before", " 5\r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"space after", "5 \r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"bare line feed", "5\nhello\r\n0\r\n\r\n", Code::Framing},
      {"bare carriage return", "5\rhello\r\n0\r\n\r\n", Code::Framing},
      {"bare line feed in extension", "5;a\nb\r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"NUL in extension", std::string("5;a\0b\r\nhello\r\n0\r\n\r\n", 19), Code::Framing},
      {"chunk longer than said", "4\r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"chunk shorter than said", "6\r\nhello\r\n0\r\n\r\n", Code::Framing},
      {"no CRLF after data", "5\r\nhello0\r\n\r\n", Code::Framing},
      {"trailer", "5\r\nhello\r\n0\r\nX: y\r\n\r\n", Code::Framing},
      {"bare line feed at the end", "0\r\n\n", Code::Framing},
      {"extension over the limit", "1;" + std::string(257, 'x') + "\r\nz\r\n0\r\n\r\n", Code::Framing},
      {"seventeen digits", "00000000000000001\r\nz\r\n0\r\n\r\n", Code::Framing},
      {"size that overflows", "FFFFFFFFFFFFFFFFF\r\n", Code::Framing},
      {"largest size", "FFFFFFFFFFFFFFFF\r\n", Code::BodyTooLarge},
      {"over the limit at once", "3E9\r\n", Code::BodyTooLarge},
      {"over the limit in sum", "1\r\nz\r\n3E8\r\n", Code::BodyTooLarge},
      {"sum that would overflow", "1\r\nz\r\nFFFFFFFFFFFFFFFF\r\n", Code::BodyTooLarge},
  };
  for (const auto& c : cases) {
    for (std::size_t n : {std::size_t{1}, std::size_t{4096}}) {
      auto body = decode(c.text, n);
      ASSERT_FALSE(body.has_value()) << c.name;
      EXPECT_EQ(body.error().code, c.code) << c.name << " in pieces of " << n << ": " << body.error().chain();
    }
  }
}

TEST(Chunked, StopsAtTheEndOfItsBody) {
  ChunkedDecoder decoder(100);
  std::string out;
  auto used = decoder.feed("1\r\nz\r\n0\r\n\r\nGET / HTTP/1.1\r\n", out);
  ASSERT_TRUE(used.has_value());
  EXPECT_EQ(*used, 11U);
  EXPECT_TRUE(decoder.done());
}

TEST(Chunked, AnyCutGivesTheSameBody) {
  EXPECT_TRUE(rc::check("random chunks and cuts", [] {
    const auto chunks = *rc::gen::container<std::vector<std::string>>(rc::gen::arbitrary<std::string>());
    std::string text;
    std::string body;
    for (const auto& chunk : chunks) {
      if (chunk.empty()) continue;
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
      text += size + chunk + "\r\n";
      body += chunk;
    }
    text += "0\r\n\r\n";
    const auto n = *rc::gen::inRange<std::size_t>(1, 40);
    RC_ASSERT(decode(text, n, body.size()).value() == body);
  }));
}

}  // namespace
}  // namespace sekisho::http
