#include "base/http/problem.hpp"

#include <gtest/gtest.h>

#include "base/core/json.hpp"

namespace sekisho::http {
namespace {

TEST(Problem, SaysCodeAndHelpAndNeverTheCause) {
  Error cause(Code::Io, "/secret/path");
  Error error(Code::PurposeMismatch, "purpose of agreement 17", cause);
  const Response response =
      problem(std::move(error).with("purposes", "research").with("purposes", "safety").with("agreement", "17"), "id-1");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
  auto document = parse_json(response.body);
  ASSERT_TRUE(document.has_value());
  const auto& object = document->as_object();
  EXPECT_EQ(object.at("type").as_string(), "urn:sekisho:error:PURPOSE_MISMATCH");
  EXPECT_EQ(object.at("code").as_string(), "PURPOSE_MISMATCH");
  EXPECT_EQ(object.at("status").as_int64(), 403);
  EXPECT_EQ(object.at("correlationId").as_string(), "id-1");
  EXPECT_EQ(object.at("help").at("purposes").as_array().size(), 2U);
  EXPECT_EQ(object.at("help").at("agreement").as_string(), "17");
  EXPECT_EQ(response.body.find("/secret/path"), std::string::npos);
  EXPECT_EQ(response.body.find("purpose of agreement 17"), std::string::npos);
}

TEST(Problem, RetryAfterAndAllowBecomeFields) {
  const Response busy = problem(Error(Code::Busy, "x").with("retry_after_s", "7"), "id");
  EXPECT_EQ(busy.headers.get("Retry-After"), "7");
  const Response method = problem(Error(Code::MethodNotAllowed, "x").with("allow", "GET, POST"), "id");
  EXPECT_EQ(method.headers.get("Allow"), "GET, POST");
  EXPECT_EQ(problem(Error(Code::PathInvalid, "x"), "id", 401).status, 401);
}

}  // namespace
}  // namespace sekisho::http
