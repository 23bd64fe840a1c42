#include "node/exchange/verify_release.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kBody = "{\"lot\":1}\n";
const Digest kTerms{3};
const Digest kOwnCert{4};
const Digest kSalt{9};

OpenIntent asked() {
  OpenIntent out;
  out.exchange = uuid_from_text("01931f3a-7c00-7000-8000-000000000001").value();
  out.agreement = Digest{5};
  out.intent = Digest{1};
  out.request = Digest{2};
  return out;
}

trust::Statement release_of(const OpenIntent& intent) {
  trust::Statement out;
  out.kind = trust::StatementKind::Release;
  out.agreement = intent.agreement;
  out.time = uuid_v7_time(intent.exchange) + std::chrono::seconds(1);
  trust::Subject subject;
  subject.commitment = trust::commit(kSalt, as_bytes(kBody)).value;
  out.subject.push_back(subject);
  out.predicate = {{"exchange", "01931f3a-7c00-7000-8000-000000000001"},
                   {"intent", to_hex(intent.intent)},
                   {"request", to_hex(intent.request)},
                   {"terms", to_hex(kTerms)},
                   {"tlsCert", to_hex(kOwnCert)},
                   {"media", "application/x-ndjson"}};
  return out;
}

TEST(VerifyRelease, TakesWhatWasAsked) {
  const OpenIntent intent = asked();
  const Status checked = check_release(release_of(intent), intent, kTerms, kOwnCert);
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST(VerifyRelease, TakesAnAnswerOfAClockThatIsALittleBehind) {
  const OpenIntent intent = asked();
  trust::Statement release = release_of(intent);
  release.time = uuid_v7_time(intent.exchange) - std::chrono::minutes(10);
  EXPECT_TRUE(check_release(release, intent, kTerms, kOwnCert));
}

TEST(VerifyRelease, TakesTheRepetitionThatWasAskedForCountedOrNot) {
  OpenIntent intent = asked();
  intent.retry_of = uuid_from_text("01931f3a-7c00-7000-8000-000000000002").value();
  trust::Statement release = release_of(intent);
  EXPECT_TRUE(check_release(release, intent, kTerms, kOwnCert));
  release.predicate["retryOf"] = "01931f3a-7c00-7000-8000-000000000002";
  EXPECT_TRUE(check_release(release, intent, kTerms, kOwnCert));
  release.predicate["retryOf"] = "01931f3a-7c00-7000-8000-000000000003";
  EXPECT_FALSE(check_release(release, intent, kTerms, kOwnCert));
}

TEST(VerifyRelease, RefusesEveryOtherMember) {
  const OpenIntent intent = asked();
  const struct {
    const char* member;
    std::function<void(trust::Statement&)> edit;
  } cases[] = {
      {"exchange", [](auto& s) { s.predicate["exchange"] = "01931f3a-7c00-7000-8000-000000000002"; }},
      {"exchange", [](auto& s) { s.predicate.erase("exchange"); }},
      {"agreement", [](auto& s) { s.agreement = Digest{6}; }},
      {"agreement", [](auto& s) { s.agreement.reset(); }},
      {"intent", [](auto& s) { s.predicate["intent"] = to_hex(Digest{7}); }},
      {"request", [](auto& s) { s.predicate["request"] = to_hex(Digest{7}); }},
      {"retryOf", [](auto& s) { s.predicate["retryOf"] = "01931f3a-7c00-7000-8000-000000000002"; }},
      {"time", [&](auto& s) { s.time = uuid_v7_time(intent.exchange) - std::chrono::minutes(11); }},
      {"terms", [](auto& s) { s.predicate["terms"] = to_hex(Digest{7}); }},
      {"tlsCert", [](auto& s) { s.predicate["tlsCert"] = to_hex(Digest{7}); }},
      {"tlsCert", [](auto& s) { s.predicate.erase("tlsCert"); }},
      {"subject", [](auto& s) { s.subject.clear(); }},
      {"subject", [](auto& s) { s.subject.push_back(s.subject[0]); }},
      {"media", [](auto& s) { s.predicate.erase("media"); }},
      {"media", [](auto& s) { s.predicate["media"] = ""; }},
      {"media", [](auto& s) { s.predicate["media"] = "text/plain\r\nx: y"; }},
      {"media", [](auto& s) { s.predicate["media"] = std::string(256, 'a'); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.member);
    trust::Statement release = release_of(intent);
    c.edit(release);
    const Status checked = check_release(release, intent, kTerms, kOwnCert);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::EvidenceInvalid);
    EXPECT_NE(checked.error().message.find(c.member), std::string::npos) << checked.error().message;
  }
}

TEST(VerifyRelease, ContentFitsItsCommitmentOnly) {
  const trust::Statement release = release_of(asked());
  const auto received = check_content(release, kSalt, kBody);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->bytes, kBody.size());
  EXPECT_EQ(check_content(release, Digest{8}, kBody).error().code, Code::CommitmentMismatch);
  EXPECT_EQ(check_content(release, kSalt, "{\"lot\":2}\n").error().code, Code::CommitmentMismatch);
  EXPECT_EQ(check_content(release, kSalt, "").error().code, Code::CommitmentMismatch);
  trust::Statement empty = release;
  empty.subject.clear();
  EXPECT_EQ(check_content(empty, kSalt, kBody).error().code, Code::CommitmentMismatch);
}

}  // namespace
}  // namespace sekisho::node
