#include "base/core/error.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/core/result.hpp"

namespace sekisho {
namespace {

Result<int> refuse() { return fail(Code::Io, "cannot read x", Error(Code::NotFound, "no x")); }

TEST(ErrorCodes, TheTableHasEachNameOnce) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kCodeTable.size(); ++i) {
    const CodeInfo& row = kCodeTable[i];
    EXPECT_EQ(static_cast<std::size_t>(row.code), i);
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), std::string_view::npos) << row.name;
    EXPECT_GE(row.http, 400) << row.name;
    EXPECT_LE(row.http, 599) << row.name;
    EXPECT_FALSE(row.title.empty()) << row.name;
    EXPECT_FALSE(row.mend.empty()) << row.name;
    EXPECT_EQ(&code_info(row.code), &kCodeTable[i]);
  }
}

TEST(Error, TheChainIsForTheOperator) {
  const auto result = refuse();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().chain(), "IO: cannot read x; because NOT_FOUND: no x");
  EXPECT_EQ(result.error().name(), "IO");
}

TEST(Error, HelpIsKeptInOrder) {
  const Error error = Error(Code::Busy, "full").with("retry_after_s", "2").with("limit", "10");
  ASSERT_EQ(error.help.size(), 2U);
  EXPECT_EQ(error.help[0].first, "retry_after_s");
  EXPECT_EQ(error.help[1].second, "10");
}

}  // namespace
}  // namespace sekisho
