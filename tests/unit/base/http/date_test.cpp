#include "base/http/date.hpp"

#include <gtest/gtest.h>

namespace sekisho::http {
namespace {

TEST(HttpDate, OneFormIsRead) {
  const auto read = [](std::string_view text) {
    const auto date = parse_http_date(text);
    return date ? date->time_since_epoch().count() : -1;
  };
  EXPECT_EQ(read("Sun, 06 Nov 1994 08:49:37 GMT"), 784'111'777);  // RFC 9110's
  EXPECT_EQ(read("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(read("Thu, 29 Feb 2024 23:59:59 GMT"), 1'709'251'199);
}

TEST(HttpDate, OtherTextsAreNoDates) {
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
        "Thu, 30 Feb 2024 00:00:00 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace sekisho::http
