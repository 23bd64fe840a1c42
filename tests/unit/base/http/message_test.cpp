#include "base/http/message.hpp"

#include <gtest/gtest.h>

namespace sekisho::http {
namespace {

TEST(Headers, NamesCompareInAnyCaseAndOrderIsKept) {
  Headers headers{{"A", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(headers.find("a"), "1");
  EXPECT_EQ(headers.count("A"), 2U);
  EXPECT_EQ(headers.get("absent"), "");
  EXPECT_FALSE(headers.has("absent"));
  headers.set("A", "4");
  EXPECT_EQ(headers.count("a"), 1U);
  EXPECT_EQ(headers.find("a"), "4");
  headers.remove("B");
  EXPECT_EQ(headers.size(), 1U);
}

TEST(Headers, OnlyAsciiFolds) {
  EXPECT_TRUE(same_name("Content-Type", "content-TYPE"));
  EXPECT_FALSE(same_name("\xc4", "\xe4"));
  EXPECT_FALSE(same_name("[", "{"));  // differ by the same bit as letters do
}

}  // namespace
}  // namespace sekisho::http
