// The judge of the other tests is one: what is wrong it refuses, and a whole exchange comes before it.
#include <gtest/gtest.h>

#include "node/dataspace/messages.hpp"
#include "tests/support/dsp_schemas.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

using sekisho::test::DspSchemas;

TEST(DspSchemas, RefuseWhatIsWrong) {
  DspSchemas* judge = DspSchemas::shared();
  if (judge == nullptr) GTEST_SKIP() << "the protocol's schemas are not among the test data";
  const std::string good = to_body(CompletionMessage{{"urn:p", "urn:c"}});
  EXPECT_TRUE(judge->judge(good));
  for (const char* member : {"@context", "@type", "providerPid", "consumerPid"}) {
    Json less = parse_json(good).value();
    less.as_object().erase(member);
    EXPECT_FALSE(judge->judge(to_text(less))) << member;
    Json number = parse_json(good).value();
    number.as_object()[member] = 7;
    EXPECT_FALSE(judge->judge(to_text(number))) << member;
  }
  EXPECT_FALSE(judge->judge("{}"));
  EXPECT_FALSE(judge->judge(R"({"@type": "Anything"})"));
}

TEST(DspSchemas, SeeEachMessageOfTwoNodes) {
  DspSchemas* judge = DspSchemas::shared();
  if (judge == nullptr) GTEST_SKIP() << "the protocol's schemas are not among the test data";
  const auto before = judge->counted();
  TwoNodes nodes;
  const auto agreement = nodes.negotiate();
  ASSERT_TRUE(agreement) << agreement.error().chain();
  ASSERT_TRUE(nodes.start((*agreement)->id));
  EXPECT_TRUE(nodes.settle());
  auto after = judge->counted();
  for (const char* type : {"Dataset", "ContractRequestMessage", "ContractAgreementMessage", "ContractAgreementVerificationMessage",
                           "ContractNegotiationEventMessage", "ContractNegotiation", "TransferRequestMessage", "TransferStartMessage", "TransferProcess"}) {
    const auto was = before.find(type);
    EXPECT_GT(after[type], was == before.end() ? 0U : was->second) << type << " was not judged";
  }
}

}  // namespace
}  // namespace sekisho::node::testing
