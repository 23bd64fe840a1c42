#include "node/exchange/media.hpp"

#include <gtest/gtest.h>

namespace sekisho::node {
namespace {

struct Case {
  const char* name;
  const char* accept;
  bool taken;
};

class Accepts : public testing::TestWithParam<Case> {};

TEST_P(Accepts, Ndjson) { EXPECT_EQ(accepts(GetParam().accept, "application/x-ndjson"), GetParam().taken); }

INSTANTIATE_TEST_SUITE_P(Table, Accepts,
                         testing::Values(Case{"Absent", "", true}, Case{"Any", "*/*", true}, Case{"Exact", "application/x-ndjson", true},
                                         Case{"Case", "Application/X-NDJSON", true}, Case{"Subtype", "application/*;q=0.5", true},
                                         Case{"Other", "text/csv", false}, Case{"List", "text/csv, application/x-ndjson;q=0.1", true},
                                         Case{"Excluded", "application/x-ndjson;q=0", false},
                                         Case{"ExcludedButAny", "*/*, application/x-ndjson;q=0", false},
                                         Case{"AnyExcluded", "application/x-ndjson, */*;q=0", true}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace sekisho::node
