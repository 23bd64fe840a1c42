// What a provider's problem document may say to this node's client, and what not.
#include <gtest/gtest.h>

#include <algorithm>

#include "node/exchange/peer_problem.hpp"

namespace sekisho::node {
namespace {

Error of(std::string body) {
  http::ClientResponse answer;
  answer.status = 403;
  answer.body = std::move(body);
  return error_of_problem(answer);
}

std::string help(const Error& error, std::string_view name) {
  const auto at = std::find_if(error.help.begin(), error.help.end(), [&](const auto& row) { return row.first == name; });
  return at == error.help.end() ? "none" : at->second;
}

TEST(PeerProblem, KnownCodesPassWithTheirHelp) {
  const Error error = of(R"({"code":"QUOTA","help":{"limit":"3"},"correlationId":"c-1"})");
  EXPECT_EQ(error.code, Code::Quota);
  EXPECT_EQ(help(error, "limit"), "3");
  EXPECT_EQ(help(error, "peer_correlation"), "c-1");
}

TEST(PeerProblem, WhatSpeaksOfThisNodeOrItsClientDoesNotPass) {
  for (const char* name : {"UNAUTHENTICATED", "TOKEN_INVALID", "IDEMPOTENCY_DELIVERED", "IDEMPOTENCY_MISMATCH", "INTERNAL", "NO_SUCH_CODE"}) {
    const Error error = of(std::string(R"({"code":")") + name + "\"}");
    EXPECT_EQ(error.code, Code::PeerRefused) << name;
    EXPECT_EQ(help(error, "peer_code"), name);
  }
}

TEST(PeerProblem, HelpCannotForgeHeaders) {
  const Error error = of(R"({"code":"BUSY","help":{"retry_after_s":"1\r\nX: y","allow":"GET"}})");
  EXPECT_EQ(help(error, "retry_after_s"), "none");
  EXPECT_EQ(help(error, "allow"), "none");
  EXPECT_EQ(help(of(R"({"code":"BUSY","help":{"retry_after_s":"12"}})"), "retry_after_s"), "12");
}

TEST(PeerProblem, IsBoundedAndBearsAnything) {
  std::string many = R"({"code":"QUOTA","help":{)";
  for (int n = 0; n < 100; ++n) many += (n == 0 ? "\"h" : ",\"h") + std::to_string(n) + "\":\"" + std::string(600, 'x') + "\"";
  const Error error = of(many + "}}");
  EXPECT_LE(error.help.size(), 17U);
  for (const auto& row : error.help) EXPECT_LE(row.second.size(), 512U);
  for (const char* body : {"", "[]", "{", "{\"code\":1}", "{\"code\":\"QUOTA\",\"help\":[]}", "<html>"}) {
    const Code code = of(body).code;
    EXPECT_TRUE(code == Code::PeerRefused || code == Code::Quota) << body;
  }
}

}  // namespace
}  // namespace sekisho::node
