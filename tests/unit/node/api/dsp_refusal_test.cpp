// What the server refuses on the protocol's paths before a handler is reached.
#include "node/api/dsp_refusal.hpp"

#include <gtest/gtest.h>

#include "base/core/json.hpp"
#include "base/http/problem.hpp"
#include "tests/support/dsp_schemas.hpp"

namespace sekisho::node {
namespace {

http::Response dressed(const Error& error, std::string_view path) {
  http::Response response = http::problem(error, "id");
  dress_dsp(error, path, response);
  return response;
}

std::string text_of(const http::Response& response, std::string_view member) {
  const Result<Json> json = parse_json(response.body);
  return json && json->is_object() ? get_string(json->get_object(), member).value_or("") : std::string();
}

struct Case {
  const char* name;
  Code code;
  const char* path;
  int status;
  const char* type;
  const char* shown;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class DspRefusal : public ::testing::TestWithParam<Case> {};

TEST_P(DspRefusal, IsATypedErrorOfItsRoom) {
  const Case& one = GetParam();
  const http::Response response = dressed(Error(one.code, "why"), one.path);
  EXPECT_EQ(response.status, one.status);
  EXPECT_EQ(text_of(response, "@type"), one.type);
  EXPECT_EQ(text_of(response, "code"), one.shown);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(response.body.find("why"), std::string::npos) << "the operator's words went out";
  sekisho::test::DspSchemas::expect_valid(one.name, response.body);
}

INSTANTIATE_TEST_SUITE_P(
    All, DspRefusal,
    ::testing::Values(
        Case{"large_request", Code::BodyTooLarge, "/dsp/2025-1/negotiations/request", 413, "ContractNegotiationError", "BODY_TOO_LARGE"},
        Case{"large_event", Code::BodyTooLarge, "/dsp/2025-1/negotiations/urn:uuid:1/events", 413, "ContractNegotiationError", "BODY_TOO_LARGE"},
        Case{"large_transfer", Code::BodyTooLarge, "/dsp/2025-1/transfers/request", 413, "TransferError", "BODY_TOO_LARGE"},
        Case{"large_catalog", Code::BodyTooLarge, "/dsp/2025-1/catalog/request", 413, "CatalogError", "BODY_TOO_LARGE"},
        Case{"method", Code::MethodNotAllowed, "/dsp/2025-1/transfers/x/start", 405, "TransferError", "METHOD_NOT_ALLOWED"},
        Case{"path", Code::NotFound, "/dsp/2025-1/negotiations/x/nothing", 404, "ContractNegotiationError", "NOT_FOUND"},
        Case{"raw_target", Code::UriSyntax, "/dsp/2025-1/negotiations/%zz?x=/", 400, "ContractNegotiationError", "URI_SYNTAX"},
        Case{"busy", Code::Busy, "/dsp/2025-1/catalog/request", 503, "CatalogError", "BUSY"},
        Case{"draining", Code::Draining, "/dsp/2025-1/transfers/x", 503, "TransferError", "DRAINING"},
        Case{"stale_snapshot", Code::SnapshotStale, "/dsp/2025-1/negotiations/x", 503, "ContractNegotiationError", "SNAPSHOT_STALE"},
        Case{"failed", Code::Internal, "/dsp/2025-1/transfers/x", 500, "TransferError", "INTERNAL"},
        Case{"stranger_at_a_negotiation", Code::Unauthenticated, "/dsp/2025-1/negotiations/x", 404, "ContractNegotiationError", "NOT_FOUND"},
        Case{"stranger_at_a_transfer", Code::Unauthenticated, "/dsp/2025-1/transfers/x/start", 404, "TransferError", "TRANSFER_UNKNOWN"},
        Case{"stranger_at_the_catalog", Code::Unauthenticated, "/dsp/2025-1/catalog/request", 401, "CatalogError", "UNAUTHENTICATED"},
        Case{"revoked", Code::CertificateRevoked, "/dsp/2025-1/negotiations/x", 404, "ContractNegotiationError", "CERTIFICATE_REVOKED"}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(DspRefusal, OtherPathsKeepTheirProblemDocument) {
  for (const char* path : {"/data/x", "/dsp", "/dsp/2025-1", "/dsp/2025-1/", "/dsp/2025-10/negotiations/x", "/dsp/2025-1/other", "", "/"}) {
    const http::Response response = dressed(Error(Code::BodyTooLarge, "why"), path);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json") << path;
  }
}

TEST(DspRefusal, KeepsWhatTheHeadSays) {
  const auto response = dressed(Error(Code::MethodNotAllowed, "why").with("allow", "POST"), "/dsp/2025-1/transfers/x/start");
  EXPECT_EQ(response.headers.get("Allow"), "POST");
  const auto busy = dressed(Error(Code::Busy, "why").with("retry_after_s", "1"), "/dsp/2025-1/transfers/x/start");
  EXPECT_EQ(busy.headers.get("Retry-After"), "1");
  EXPECT_FALSE(dressed(Error(Code::Unauthenticated, "why"), "/dsp/2025-1/transfers/x").headers.has("WWW-Authenticate"));
}

TEST(DspRefusal, ShowsThePidOfThePathOnly) {
  EXPECT_EQ(dsp_pid("/dsp/2025-1/negotiations/urn:uuid:1/events"), "urn:uuid:1");
  EXPECT_EQ(dsp_pid("/dsp/2025-1/transfers/x?y=/z"), "x");
  for (const char* path : {"/dsp/2025-1/negotiations/request", "/dsp/2025-1/negotiations/offers", "/dsp/2025-1/negotiations", "/dsp/2025-1/negotiations/",
                           "/dsp/2025-1/negotiations/a b", "/x/y"}) {
    EXPECT_EQ(dsp_pid(path), "") << path;
  }
  EXPECT_EQ(dsp_pid("/dsp/2025-1/negotiations/" + std::string(300, 'x')), "");
}

TEST(CarriesJson, TakesJsonOnly) {
  struct Media {
    http::Headers headers;
    bool taken;
  };
  const std::vector<Media> cases{{{}, true},
                                 {{{"Content-Type", "application/json"}}, true},
                                 {{{"Content-Type", "application/json; charset=utf-8"}}, true},
                                 {{{"content-type", "Application/JSON ;charset=utf-8"}}, true},
                                 {{{"Content-Type", "application/ld+json"}}, true},
                                 {{{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}}, true},
                                 {{{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, false},
                                 {{{"Content-Type", "application/jsonx"}}, false},
                                 {{{"Content-Type", "text/plain"}}, false},
                                 {{{"Content-Type", ""}}, false}};
  for (const Media& one : cases) {
    http::Request request;
    request.headers = one.headers;
    const Status status = carries_json(request);
    EXPECT_EQ(status.has_value(), one.taken) << one.headers.get("Content-Type");
    EXPECT_TRUE(status || status.error().code == Code::UnsupportedMedia);
  }
}

}  // namespace
}  // namespace sekisho::node
