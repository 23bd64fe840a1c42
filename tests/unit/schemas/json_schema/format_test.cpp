#include "schemas/json_schema/format.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace sekisho::schemas {
namespace {

TEST(Format, UrisAreThoseOfRfc3986) {
  struct Row {
    std::string_view text;
    bool good;
  };
  const std::vector<Row> rows = {
      {"https://a.example/p?q#f", true},
      {"urn:ngsi-ld:AgriParcel:1", true},
      {"example:", true},
      {"http://u@a.example:80/", true},
      {"http://a.example:/", true},
      {"http://[::1]/p", true},
      {"http://[::1]:80/p", true},
      {"http://u@[2001:db8::1]?q", true},
      {"mailto:a@b.example", true},
      {"http://[", false},
      {"http://[::1", false},
      {"http://[]/", false},
      {"http://[not::an::ip]/", false},
      {"http://a[::1]/", false},
      {"http://a.example/[x]", false},
      {"http://a.example/?q=[x]", false},
      {"urn:x:[y]", false},
      {"http://a.example:8o/", false},
      {"//a.example", false},
      {"http://a.example/%4", false},
      {"http://a example/", false},
      {"", false},
  };
  for (const Row& row : rows) EXPECT_EQ(fits_format(Format::Uri, row.text), row.good) << row.text;
}

}  // namespace
}  // namespace sekisho::schemas
