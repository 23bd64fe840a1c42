// What whoever makes a bundle may leave out or tell to one alone, and what the bundle then proves no more.
#include <gtest/gtest.h>

#include "base/core/json.hpp"
#include "tests/unit/trust/evidence/bundle_members.hpp"
#include "tests/unit/trust/evidence/told.hpp"

namespace sekisho::trust {
namespace {

using testing::bundle_of;
using testing::Crossing;
using testing::digest_of;
using testing::has;
using testing::Members;
using testing::members_of;
using testing::print;
using testing::Told;

// Without the intent nothing of the recipient bounds the release's date from below.
TEST(VerifyOmissions, AReleaseNeedsTheIntentThatItNames) {
  const Crossing c;
  Members some = members_of(c.bundle());
  ASSERT_EQ(some.erase(statement_member(statement_id(c.intent.payload))), 1U);
  ASSERT_EQ(some.erase(log_folder(c.trade.origin()) + "proofs/6"), 1U);
  const VerificationReport report = verify_bundle(bundle_of(some), c.roots());
  EXPECT_EQ(report.verdict, Verdict::Indeterminate) << print(report);
  EXPECT_TRUE(has(report, "terms", Verdict::Indeterminate)) << print(report);
}

}  // namespace
}  // namespace sekisho::trust
