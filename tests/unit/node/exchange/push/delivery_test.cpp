// One part to an endpoint, over real TLS: where it may go, when it is tried again, and what stops it.
#include "node/exchange/push/delivery.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "base/async/sync_wait.hpp"
#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "tests/support/push_receiver.hpp"

namespace sekisho::node {
namespace {

using std::chrono::milliseconds;
using test::answer_of;
using test::Asked;
using test::PushReceiver;

// A name service that gives each question the next answer, and the last one for ever.
std::shared_ptr<http::Resolver> names(
    std::vector<http::Resolver::Addresses> answers,
    std::shared_ptr<std::atomic<std::size_t>> asked = std::make_shared<std::atomic<std::size_t>>(0)) {
  return std::make_shared<http::Resolver>(
      [answers, asked](const std::string&) { return answers[std::min<std::size_t>((*asked)++, answers.size() - 1)]; });
}
http::Resolver::Addresses at(std::vector<std::string> addresses) { return addresses; }

std::shared_ptr<http::Client> client_of(const PushReceiver& receiver) {
  http::TlsClientOptions tls;
  tls.ca_pem = receiver.ca_pem();
  http::ClientOptions options;
  options.tls = http::TlsClientContext::make(std::move(tls)).value();
  return std::make_shared<http::Client>(std::move(options));
}

PushLimits quick() {
  PushLimits limits;
  limits.attempt = milliseconds(2000);
  limits.patience = milliseconds(6000);
  limits.first_pause = milliseconds(1);
  limits.longest_pause = milliseconds(5);
  return limits;
}

std::shared_ptr<PushEndpoint> to(const PushReceiver& receiver, std::string pinned_address = "127.0.0.1") {
  auto out = std::make_shared<PushEndpoint>();
  out->url = http::parse_url(receiver.endpoint()).value();
  out->host = {test::kSinkName, receiver.port(), std::move(pinned_address), "", std::nullopt};
  out->authorization = "Bearer s3cret";
  out->media = "application/x-ndjson";
  out->transfer = "urn:uuid:consumer";
  out->client = client_of(receiver);
  out->resolver = names({at({"9.9.9.9"})});
  out->limits = quick();
  out->lost_right = [] { return std::optional<std::string>(); };
  return out;
}

std::shared_ptr<const PushPart> part() {
  auto out = std::make_shared<PushPart>();
  out->exchange.octets.fill(7);
  out->chunk = 3;
  out->offset = 99;
  out->content = "{\"n\":1}\n";
  out->head = to_bytes("head");
  return out;
}

Result<int> push(std::shared_ptr<const PushEndpoint> endpoint,
                 std::shared_ptr<const std::atomic<bool>> stop = std::make_shared<std::atomic<bool>>(false)) {
  return async::sync_wait(deliver(std::move(endpoint), part(), std::move(stop)));
}

std::string why(const Error& error) {
  for (const auto& [name, value] : error.help) {
    if (name == "why") return value;
  }
  return "";
}

TEST(PushDelivery, SaysWhichPartItIs) {
  PushReceiver receiver;
  const auto status = push(to(receiver));
  ASSERT_TRUE(status) << status.error().chain();
  EXPECT_EQ(*status, 204);
  ASSERT_EQ(receiver.taken().size(), 1U);
  const Asked one = receiver.taken().front();
  EXPECT_EQ(one.body, part()->content);
  EXPECT_EQ(one.target(), "/sink?tenant=1");
  EXPECT_EQ(one.field("Host"), std::string(test::kSinkName) + ":" + std::to_string(receiver.port()));
  EXPECT_EQ(one.field("Authorization"), "Bearer s3cret");
  EXPECT_EQ(one.field("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(one.field("Sekisho-Transfer"), "urn:uuid:consumer");
  EXPECT_EQ(one.field("Sekisho-Chunk"), "3");
  EXPECT_EQ(one.field("Sekisho-Offset"), "99");
  EXPECT_EQ(one.field("Sekisho-Statement"), to_base64url(as_bytes("head")));
  EXPECT_EQ(one.field("Idempotency-Key"), "\"" + to_text(part()->exchange) + "#3\"");
  EXPECT_EQ(one.field("Sekisho-Resume"), "");
}

// What a name leads to is judged each time anew, and all of it.
TEST(PushDelivery, NoNameLeadsIntoTheOwnNetwork) {
  PushReceiver receiver;
  struct Case {
    const char* name;
    std::vector<std::string> addresses;
  };
  for (const Case& one :
       {Case{"loopback", {"127.0.0.1"}}, Case{"loopback v6", {"::1"}}, Case{"private", {"10.0.0.1"}},
        Case{"metadata", {"169.254.169.254"}}, Case{"metadata v6", {"fd00:ec2::254"}},
        Case{"mapped", {"::ffff:127.0.0.1"}}, Case{"nat64", {"64:ff9b::7f00:1"}}, Case{"6to4", {"2002:7f00:1::"}},
        Case{"unspecified", {"0.0.0.0"}}, Case{"one among others", {"9.9.9.9", "127.0.0.1"}}, Case{"none", {}}}) {
    auto endpoint = to(receiver, "");
    endpoint->resolver = names({one.addresses});
    const auto status = push(endpoint);
    ASSERT_FALSE(status) << one.name;
    EXPECT_EQ(status.error().code, Code::PushRefused) << one.name << status.error().chain();
    EXPECT_EQ(why(status.error()), "the endpoint's name has an address that is not public") << one.name;
  }
  EXPECT_EQ(receiver.requests(), 0U);
}

// A name that is asked once for each attempt cannot answer the judge one thing and the connection another; and what it
// says when an attempt is repeated is judged too.
TEST(PushDelivery, ANameThatIsRebornElsewhereIsJudgedAgain) {
  PushReceiver receiver;
  auto endpoint = to(receiver, "");
  auto asked = std::make_shared<std::atomic<std::size_t>>(0);
  endpoint->resolver = names({at({"192.0.0.1"})}, asked);
  (void)push(endpoint);
  EXPECT_EQ(*asked, 1U);
  *asked = 0;
  endpoint->resolver = names({fail(Code::Connection, "no answer yet"), at({"127.0.0.1"})}, asked);
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushRefused) << status.error().chain();
  EXPECT_EQ(*asked, 2U);
  EXPECT_EQ(receiver.requests(), 0U);
}

TEST(PushDelivery, ANameThatDoesNotResolveIsAskedAgain) {
  PushReceiver receiver;
  auto endpoint = to(receiver, "");
  auto asked = std::make_shared<std::atomic<std::size_t>>(0);
  endpoint->limits.attempt = milliseconds(20);
  endpoint->limits.patience = milliseconds(100);
  endpoint->resolver = names({fail(Code::Connection, "no such name")}, asked);
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushFailed);
  EXPECT_GT(*asked, 1U);
}

struct Answered {
  const char* name;
  int status;
  bool again;
};
void PrintTo(const Answered& one, std::ostream* out) { *out << one.name; }

class PushAnswer : public ::testing::TestWithParam<Answered> {};

TEST_P(PushAnswer, IsFinalOrTriedAgain) {
  PushReceiver receiver;
  const int status = GetParam().status;
  receiver.answer([status](const Asked& asked) {
    return asked.number == 0 ? answer_of(status, "Location: https://127.0.0.1/\r\n") : test::kTaken;
  });
  const auto pushed = push(to(receiver));
  EXPECT_EQ(pushed.has_value(), GetParam().again);
  EXPECT_EQ(receiver.requests(), GetParam().again ? 2U : 1U);
  if (!pushed) {
    EXPECT_EQ(pushed.error().code, Code::PushFailed);
    EXPECT_NE(why(pushed.error()).find(std::to_string(status)), std::string::npos) << why(pushed.error());
    EXPECT_EQ(pushed.error().chain().find("s3cret"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Statuses, PushAnswer,
                         ::testing::Values(Answered{"moved", 301, false}, Answered{"found", 302, false},
                                           Answered{"temporary", 307, false}, Answered{"permanent", 308, false},
                                           Answered{"bad", 400, false}, Answered{"unauthorized", 401, false},
                                           Answered{"forbidden", 403, false}, Answered{"gone", 410, false},
                                           Answered{"too_large", 413, false}, Answered{"timeout", 408, true},
                                           Answered{"too_early", 425, true}, Answered{"too_many", 429, true},
                                           Answered{"failed", 500, true}, Answered{"bad_gateway", 502, true},
                                           Answered{"unavailable", 503, true}),
                         [](const auto& one) { return one.param.name; });

TEST(PushDelivery, AnEndpointThatStaysAwayIsGivenUp) {
  PushReceiver receiver;
  receiver.answer([](const Asked&) { return answer_of(503); });
  auto endpoint = to(receiver);
  endpoint->limits.patience = endpoint->limits.attempt + milliseconds(2000);
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushFailed);
  EXPECT_GT(receiver.requests(), 2U);
}

TEST(PushDelivery, APatienceThatRetryAfterExceedsEndsAtOnce) {
  PushReceiver receiver;
  receiver.answer([](const Asked&) { return answer_of(503, "Retry-After: 3600\r\n"); });
  EXPECT_FALSE(push(to(receiver)));
  EXPECT_EQ(receiver.requests(), 1U);
}

struct Named {
  const char* name;
  std::string answer;  // octets; empty: none ever
  const char* why;
  milliseconds attempt{10'000};
};
void PrintTo(const Named& one, std::ostream* out) { *out << one.name; }

class PushEnds : public ::testing::TestWithParam<Named> {};

TEST_P(PushEnds, IsToldWhy) {
  PushReceiver receiver;
  receiver.answer([](const Asked&) { return GetParam().answer; });
  auto endpoint = to(receiver);
  endpoint->limits.attempt = GetParam().attempt;
  endpoint->limits.patience = GetParam().attempt + milliseconds(50);
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushFailed) << status.error().chain();
  EXPECT_EQ(why(status.error()), GetParam().why) << status.error().chain();
  EXPECT_EQ(status.error().chain().find("s3cret"), std::string::npos);
}

const std::string kPage = "Content-Type: text/html; charset=utf-8\r\n";

INSTANTIATE_TEST_SUITE_P(
    Answers, PushEnds,
    ::testing::Values(Named{"unauthorized", answer_of(401), "the endpoint answered 401: it wants another token"},
                      Named{"not_found", answer_of(404), "the endpoint answered 404: there is nothing at that path"},
                      Named{"not_found_page", answer_of(404, kPage),
                            "the endpoint answered 404 with a page of HTML: there is nothing at that path"},
                      Named{"no_post", answer_of(405), "the endpoint answered 405: it takes no POST"},
                      Named{"too_large", answer_of(413), "the endpoint answered 413: it takes less than 1 MiB at once"},
                      Named{"other_media", answer_of(415), "the endpoint answered 415: it takes another media type"},
                      Named{"failed", answer_of(500), "the endpoint answered 500"},
                      Named{"failed_page", answer_of(502, kPage), "the endpoint answered 502 with a page of HTML"},
                      Named{"redirect", answer_of(302, "Location: http://169.254.169.254/\r\n"),
                            "the endpoint answered 302, and no redirect is followed"},
                      Named{"hangs", "", "the endpoint did not answer in time", milliseconds(100)},
                      Named{"half_an_answer", "HTTP/1.1 204 No Co", "the endpoint did not answer in time",
                            milliseconds(100)},
                      Named{"drops", "Connection: close\r\n", "the endpoint closed the connection without an answer"},
                      Named{"nonsense", "nonsense\r\n\r\n", "the endpoint's answer is not HTTP"},
                      Named{"two_lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                            "the endpoint's answer is not HTTP"}),
    [](const auto& one) { return one.param.name; });

TEST(PushDelivery, AnEndpointThatIsNotThereIsNamed) {
  PushReceiver receiver;
  auto endpoint = to(receiver);
  endpoint->url.port = 1;
  endpoint->limits.patience = milliseconds(50);
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushFailed);
  EXPECT_EQ(why(status.error()), "the connection to the endpoint failed") << status.error().chain();
}

TEST(PushDelivery, AnAnswerWithoutAnEndIsAnAnswer) {
  PushReceiver receiver;
  receiver.answer(
      [](const Asked&) { return "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + std::string(100'000, 'x'); });
  EXPECT_TRUE(push(to(receiver)));
}

TEST(PushDelivery, ACertificateOfAnotherNameGetsNothing) {
  PushReceiver receiver("other.eu.example");
  auto endpoint = to(receiver);
  endpoint->limits.patience = milliseconds(100);
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushFailed);
  EXPECT_EQ(receiver.requests(), 0U);
}

TEST(PushDelivery, ACertificateOfAnotherAuthorityGetsNothing) {
  PushReceiver receiver;
  PushReceiver other;
  auto endpoint = to(receiver);
  endpoint->client = client_of(other);
  endpoint->limits.patience = milliseconds(100);
  EXPECT_FALSE(push(endpoint));
  EXPECT_EQ(receiver.requests(), 0U);
}

TEST(PushDelivery, AnotherKeyThanThePinnedOneGetsNothing) {
  PushReceiver receiver;
  auto endpoint = to(receiver);
  endpoint->host.key = std::string(64, 'a');
  const auto status = push(endpoint);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::PushRefused) << status.error().chain();
  EXPECT_EQ(receiver.requests(), 0U);
}

TEST(PushDelivery, StopsWhenTheRightIsLostAndWhenItIsTold) {
  PushReceiver receiver;
  auto endpoint = to(receiver);
  endpoint->lost_right = [] { return std::optional<std::string>("TRANSFER_NOT_STARTED"); };
  const auto lost = push(endpoint);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::Cancelled);
  EXPECT_EQ(receiver.requests(), 0U);

  receiver.answer([](const Asked&) { return std::string(); });
  auto stop = std::make_shared<std::atomic<bool>>(false);
  auto hanging = to(receiver);
  hanging->limits.attempt = hanging->limits.patience = std::chrono::minutes(5);
  std::thread teller([&] {
    while (receiver.requests() == 0) std::this_thread::yield();
    *stop = true;
  });
  const auto stopped = push(hanging, stop);
  teller.join();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::Cancelled);
}

}  // namespace
}  // namespace sekisho::node
