// Tokens: the calls that get them, what the server sees, and what happens when one ends.
#include "base/core/clock.hpp"
#include "base/core/encoding.hpp"
#include "base/crypto/ecdsa.hpp"
#include "base/crypto/rsa.hpp"
#include "base/http/url.hpp"
#include "tests/support/rsa_key.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tls_files.hpp"
#include "tests/unit/connectors/http/plan_kit.hpp"

#include <fstream>

#include <fmt/chrono.h>

namespace sekisho::connectors {
namespace {

using kit::answer;
using kit::Ask;
using kit::Got;
using kit::ok;
using kit::plan;
using kit::run;

constexpr const char* kTwoPages = R"("select":"/*","paginator":{"kind":"page","parameter":"page"})";

std::string token(const std::string& value) { return ok(R"({"access_token":")" + value + R"(","expires_in":3600})"); }

std::string client_credentials(const std::string& more = "") {
  return R"("auth":{"kind":"oauth2_client_credentials","token_url":"http://127.0.0.1:@P/token","client_id":"c d",)"
         R"("client_secret":{"secret":"farm"})" +
         more + "},";
}

TEST(Token, IsFetchedOnceAndRenewedInMidStream) {
  const Got got =
      run(plan(kTwoPages, client_credentials(R"(,"send":{"header":"X-Authorization","format":"{token}"})")),
          {token("T1"), ok(R"([{"a":1}])"), answer("401 No", "", ""), token("T2"), ok(R"([{"a":2}])"), ok("[]")});
  EXPECT_EQ(got.content, "{\"a\":1}\n{\"a\":2}\n") << got.message;
  ASSERT_EQ(got.asked.size(), 6U);
  EXPECT_EQ(got.asked[0].field("Authorization"), "Basic " + to_base64(as_bytes("c%20d:CANARY")));
  EXPECT_EQ(got.asked[1].field("X-Authorization"), "T1");
  EXPECT_EQ(got.asked[4].field("X-Authorization"), "T2");
}

TEST(Token, ASecondRefusalEndsTheStream) {
  const Got got = run(plan(kTwoPages, client_credentials()),
                      {token("T1"), answer("401 No", "", ""), token("T2"), answer("401 No", "", "")});
  EXPECT_EQ(got.content, "SOURCE_FAILED");
  EXPECT_NE(got.message.find("401"), std::string::npos) << got.message;
  EXPECT_EQ(got.asked.size(), 4U);
}

TEST(Token, StreamedBodiesRenewItToo) {
  const Got got = run(plan(R"("format":"ndjson")", client_credentials()),
                      {token("T1"), answer("401 No", "", ""), token("T2"),
                       answer("200 OK", "Content-Type: application/x-ndjson\r\n", "{}\n")});
  EXPECT_EQ(got.content, "{}\n") << got.message;
}

TEST(Token, HubCallSendsTheFormAndSpellsTheFieldItsWay) {
  const Got got = run(R"({"kind":"http","base":"http://127.0.0.1:@P","dialect":"dynamic-api@1",)" +
                          client_credentials() + R"("streams":[{"name":"s","path":"/x"}]})",
                      {token("T1"), answer("404 Not Found", "", R"({"error_code":"E10404"})")});
  EXPECT_EQ(got.content, "") << got.message;
  ASSERT_EQ(got.asked.size(), 2U);
  EXPECT_EQ(got.asked[0].body, "grant_type=client_credentials&client_id=c%20d&client_secret=CANARY");
  EXPECT_EQ(got.asked[0].field("Authorization"), "");
  EXPECT_EQ(got.asked[1].field("X-Authorization"), "T1");
}

TEST(Token, TheServersRefusalIsNamedByKnownWordsOnly) {
  const auto refused = [](const std::string& word) {
    return run(plan(kTwoPages, client_credentials()), {answer("400 Bad", "", R"({"error":")" + word + "\"}")}).message;
  };
  EXPECT_NE(refused("invalid_client").find("400 (invalid_client)"), std::string::npos);
  EXPECT_EQ(refused("CANARY").find("CANARY"), std::string::npos);
}

// A token endpoint that checks what SMART's backend services must send.
struct Endpoint {
  std::function<bool(BytesView message, BytesView signature)> verify;
  std::string algorithm;
  std::chrono::seconds ahead{0};  // of its clock
  std::set<std::string> used;     // jti

  std::string refuse() const {
    const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now()) + ahead;
    const std::time_t seconds = now.time_since_epoch().count();
    return answer("400 Bad", fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", fmt::gmtime(seconds)),
                  R"({"error":"invalid_client"})");
  }

  std::string operator()(const test::Asked& asked) {
    if (!asked.target().starts_with("/token")) return ok(R"([{"a":1}])");
    const http::Query form = http::parse_query(asked.body).value();
    std::map<std::string, std::string> fields(form.begin(), form.end());
    const std::string& jwt = fields["client_assertion"];
    const std::size_t first = jwt.find('.');
    const std::size_t second = jwt.rfind('.');
    if (fields["grant_type"] != "client_credentials" || first == second) return refuse();
    const Json header = parse_json(as_text(from_base64url(jwt.substr(0, first)).value())).value();
    const Json claims = parse_json(as_text(from_base64url(jwt.substr(first + 1, second - first - 1)).value())).value();
    const bool signed_well =
        verify(as_bytes(std::string_view(jwt).substr(0, second)), from_base64url(jwt.substr(second + 1)).value());
    const std::int64_t now =
        std::chrono::floor<std::chrono::seconds>(SystemClock().now() + ahead).time_since_epoch().count();
    const std::int64_t expires = claims.at("exp").as_int64();
    const bool timely = claims.at("iat").as_int64() <= now + 5 && expires > now && expires <= now + 300;
    const std::string url = "http://" + asked.field("Host") + "/token";
    const bool right = header.at("alg") == Json(algorithm) && header.at("kid") == Json("k1") &&
                       claims.at("iss") == Json("app") && claims.at("sub") == Json("app") &&
                       claims.at("aud") == Json(url) && fields["scope"] == "system/*.rs" &&
                       used.insert(std::string(claims.at("jti").as_string())).second;
    return signed_well && timely && right ? token("T") : refuse();
  }
};

Got with_key(const std::string& pem, const std::shared_ptr<Endpoint>& endpoint) {
  const std::string auth =
      R"("auth":{"kind":"private_key_jwt","token_url":"http://127.0.0.1:@P/token","client_id":"app","kid":"k1",)"
      R"("key":{"secret":"farm"},"scope":"system/*.rs"},)";
  return kit::play(
      plan(R"("select":"/*")", auth), [endpoint](const test::Asked& asked) { return (*endpoint)(asked); },
      Ask{.key = pem});
}

std::shared_ptr<Endpoint> for_curve(const EcdsaPrivateKey& key) {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->algorithm = key.curve() == Curve::P256 ? "ES256" : "ES384";
  endpoint->verify = [key = key.public_key()](BytesView m, BytesView s) { return key.verify_raw(m, s); };
  return endpoint;
}

TEST(Token, AssertionsOfEveryKindOfKeyAreAccepted) {
  for (const Curve curve : {Curve::P256, Curve::P384}) {
    const EcdsaPrivateKey key = EcdsaPrivateKey::generate(curve);
    const Secret pem = key.to_pem();
    const Got got = with_key(std::string(as_text(pem.view())), for_curve(key));
    EXPECT_EQ(got.content, "{\"a\":1}\n") << got.message;
  }
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->algorithm = "RS384";
  endpoint->verify = [key = RsaPublicKey::from_pem(test::kRsaPublicKey).value()](BytesView m, BytesView s) {
    return key.verify_rs384(m, s);
  };
  const Got got = with_key(std::string(test::kRsaPrivateKey), endpoint);
  EXPECT_EQ(got.content, "{\"a\":1}\n") << got.message;
  EXPECT_EQ(with_key("no key", endpoint).content, "SOURCE_FAILED");
}

TEST(Token, ClocksThatDifferByTenMinutesDoNoHarm) {
  const EcdsaPrivateKey key = EcdsaPrivateKey::generate(Curve::P384);
  const Secret pem = key.to_pem();
  for (const int minutes : {-10, 10}) {
    const auto endpoint = for_curve(key);
    endpoint->ahead = std::chrono::minutes(minutes);
    const Got got = with_key(std::string(as_text(pem.view())), endpoint);
    EXPECT_EQ(got.content, "{\"a\":1}\n") << minutes << got.message;
    EXPECT_EQ(got.asked.size(), 3U) << minutes;
  }
  const auto far = for_curve(key);
  far->ahead = std::chrono::hours(24);
  EXPECT_EQ(with_key(std::string(as_text(pem.view())), far).content, "SOURCE_FAILED") << "a day is not believed";
  const auto wrong = for_curve(EcdsaPrivateKey::generate(Curve::P384));
  const Got got = with_key(std::string(as_text(pem.view())), wrong);
  EXPECT_EQ(got.asked.size(), 1U) << "nothing to mend";
}

async::Task<Result<Batch>> over_tls(std::string ca) {
  const async::Executor executor = co_await async::current_executor();
  const test::TestAuthority authority("roots");
  const auto tls = http::TlsServerContext::make(authority.issue("127.0.0.1")).value();
  const auto server = test::start_handler(executor, [](const test::Asked&) { return ok(R"([{"a":1}])"); }, tls);
  const testing_support::TempFolder folder;
  std::ofstream(folder.path() / "ca.pem") << (ca.empty() ? authority.certificate_pem() : ca);
  Context context = kit::context_for(server->port, "");
  context.base = folder.path();
  const std::string manifest = kit::with_port(
      R"({"kind":"http","base":"https://127.0.0.1:@P","ca":"ca.pem","streams":[{"name":"s","path":"/","select":"/*"}]})",
      server->port);
  const auto connector = make_connector(parse_source_manifest_text(manifest).value(), context).value();
  Result<std::unique_ptr<Reader>> reader = co_await connector->open(async::Deadline::in(std::chrono::seconds(10)));
  const Credits credits{10, 1000, async::Deadline::in(std::chrono::seconds(10))};
  Result<Batch> batch = co_await (*reader)->read(credits);
  server->acceptor->close();
  co_return batch;
}

TEST(Token, RootsOfASourceDecideWhomItsClientBelieves) {
  const Result<Batch> good = async::sync_wait(over_tls(""));
  EXPECT_EQ(good ? good->content : good.error().chain(), "{\"a\":1}\n");
  const Result<Batch> other = async::sync_wait(over_tls(test::TestAuthority("others").certificate_pem()));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::SourceFailed) << other.error().chain();
}

}  // namespace
}  // namespace sekisho::connectors
