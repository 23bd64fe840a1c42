#include "policy/audience.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "policy/admission.hpp"

namespace sekisho::policy {
namespace {

constexpr Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
constexpr std::string_view kZone = "https://w3id.org/sekisho/v1/recipientZone";

PolicyIr rules(std::string_view permission) {
  const std::string text =
      fmt::format(R"({{"@id": "urn:o", "@type": "Offer", "profile": ["https://w3id.org/sekisho/v1/"],
      "permission": [{}], "prohibition": [{{"action": "odrl:distribute"}}]}})",
                  permission);
  const Result<PolicyIr> ir = admit_policy(parse_json(text).value(), PolicyKind::CatalogueOffer, {});
  EXPECT_TRUE(ir) << text << ir.error().chain();
  return ir.value_or(PolicyIr());
}

std::string atom(std::string_view left, std::string_view op, std::string_view right) {
  return fmt::format(R"({{"leftOperand": "{}", "operator": "{}", "rightOperand": {}}})", left, op, right);
}
std::string use(std::string_view constraints) {
  return fmt::format(R"({{"action": "use", "constraint": [{}]}})", constraints);
}

TEST(Audience, WithoutATimeNoBoundIsJudged) {
  const PolicyIr ended = rules(use(atom("odrl:dateTime", "lt", "\"2026-11-23T00:00:00Z\"")));
  EXPECT_FALSE(could_obtain(ended, {"did:web:a.eu.example", "eu", kNow}));
  EXPECT_TRUE(could_obtain(ended, {"did:web:a.eu.example", "eu", std::nullopt}));
}

TEST(Audience, SeesWhatItCouldObtain) {
  const std::string eu = atom(kZone, "eq", "\"eu\"");
  const std::string me = atom("odrl:recipient", "eq", "\"did:web:a.eu.example\"");
  const std::string purpose = atom("odrl:purpose", "eq", "\"urn:p\"");
  const std::string count = atom("odrl:count", "lteq", "\"3\"");
  const std::string ended = atom("odrl:dateTime", "lt", "\"2026-11-23T00:00:00Z\"");
  const std::string later = atom("odrl:dateTime", "gteq", "\"2027-01-01T00:00:00Z\"");
  const std::string always = R"({"action": "use"})";
  struct Case {
    const char* name;
    std::string permission;
    bool eu, us;
  };
  const Case cases[] = {
      {"no condition", always, true, true},
      {"a zone", use(eu), true, false},
      {"not a zone", use(atom(kZone, "isNoneOf", "[\"eu\"]")), false, true},
      {"zones", use(atom(kZone, "isAnyOf", "[\"us\", \"jp\"]")), false, true},
      {"a party", use(me), true, false},
      {"a purpose may yet be named", use(purpose), true, true},
      {"uses may be left", use(count), true, true},
      {"ended", use(ended), false, false},
      {"not yet begun", use(later), true, true},
      {"two conditions", use(eu + "," + purpose), true, false},
      {"either", use(fmt::format(R"({{"or": [{}, {}]}})", eu, ended)), true, false},
      {"one of two permissions", use(ended) + "," + use(eu), true, false},
  };
  for (const Case& c : cases) {
    const PolicyIr ir = rules(c.permission);
    EXPECT_EQ(could_obtain(ir, {"did:web:a.eu.example", "eu", kNow}), c.eu) << c.name;
    EXPECT_EQ(could_obtain(ir, {"did:web:b.us.example", "us", kNow}), c.us) << c.name;
  }
}

}  // namespace
}  // namespace sekisho::policy
