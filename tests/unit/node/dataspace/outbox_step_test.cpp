#include "node/dataspace/outbox_step.hpp"

#include <string>

#include <gtest/gtest.h>

#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

enum class Body { Text, Foreign, State, Other };

struct Case {
  const char* name;
  int status;
  Body body;
  bool repetition;
  unsigned tries;
  Step step;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::string body_of(Body body) {
  const ProcessIds ids{"urn:p", "urn:c"};
  switch (body) {
    case Body::Text: return "<html>no</html>";
    case Body::Foreign: return to_body(ErrorDocument{ids, "409", {}}, "ContractNegotiationError");
    case Body::State: return to_body(ErrorDocument{ids, "STATE_TRANSITION", {}}, "TransferError");
    default: return to_body(ErrorDocument{ids, "OFFER_MISMATCH", {}}, "ContractNegotiationError");
  }
}

class Answers : public ::testing::TestWithParam<Case> {};

TEST_P(Answers, LeadToAStep) {
  const Case& c = GetParam();
  http::ClientResponse answer;
  answer.status = c.status;
  answer.body = body_of(c.body);
  EXPECT_EQ(step_after(answer, c.repetition, c.tries), c.step);
}

INSTANTIATE_TEST_SUITE_P(
    All, Answers,
    ::testing::Values(Case{"taken", 200, Body::Text, false, 0, Step::Delivered},
                      Case{"created", 201, Body::Text, true, 5, Step::Delivered},
                      Case{"no_content", 204, Body::Text, false, 0, Step::Delivered},
                      Case{"moved", 302, Body::Text, false, 0, Step::Refused},
                      Case{"refused", 400, Body::Foreign, false, 0, Step::Refused},
                      Case{"refused_again", 400, Body::Foreign, true, 1, Step::Ask},
                      Case{"refused_after_a_start", 400, Body::State, true, 0, Step::Ask},
                      Case{"unauthorised", 401, Body::Text, true, 1, Step::Refused},
                      Case{"unknown_process", 404, Body::Foreign, true, 1, Step::Refused},
                      Case{"unknown_path", 404, Body::Text, false, 0, Step::Again},
                      Case{"behind", 409, Body::Foreign, false, 0, Step::Again},
                      Case{"behind_without_words", 409, Body::Text, false, 3, Step::Again},
                      Case{"behind_by_state", 409, Body::State, false, 0, Step::Again},
                      Case{"not_behind", 409, Body::Other, false, 0, Step::Refused},
                      Case{"not_behind_again", 409, Body::Other, true, 1, Step::Ask},
                      Case{"behind_for_long", 409, Body::Foreign, true, 4, Step::Ask},
                      Case{"slow", 408, Body::Text, false, 0, Step::Again},
                      Case{"busy", 429, Body::Foreign, false, 20, Step::Again},
                      Case{"broken", 500, Body::Text, false, 0, Step::Again},
                      Case{"restarting", 503, Body::Foreign, true, 9, Step::Again}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(AnswersThatDidNotCome, AreMendedOrNot) {
  for (const Code code : {Code::Deadline, Code::Connection, Code::Truncated, Code::Framing, Code::LimitExceeded}) {
    EXPECT_TRUE(in_doubt(code));
    EXPECT_FALSE(hopeless(code));
  }
  EXPECT_FALSE(in_doubt(Code::TlsHandshake));
  EXPECT_FALSE(in_doubt(Code::CertificateInvalid));
  EXPECT_TRUE(hopeless(Code::PeerUnknown));
}

}  // namespace
}  // namespace sekisho::node
