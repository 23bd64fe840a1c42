// The outbox on one thread, with time, network and owner in the test's hands.
#include "node/dataspace/outbox.hpp"

#include <array>
#include <deque>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/core/log.hpp"
#include "node/dataspace/messages.hpp"
#include "node/journal/memory_storage.hpp"
#include "tests/unit/node/dataspace/hand_pacer.hpp"

namespace sekisho::node::testing {
namespace {

using std::chrono::milliseconds;

http::ClientResponse answer_of(int status, std::string body = "") {
  http::ClientResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

Result<http::ClientResponse> lost(Code code = Code::Truncated) { return fail(code, "cut"); }

std::string refusal(const char* code) {
  return to_body(ErrorDocument{{"urn:p", "urn:c"}, code, {}}, "ContractNegotiationError");
}

// What stands in the script, then 200 for ever.
class Script final : public PeerChannel {
 public:
  std::deque<Result<http::ClientResponse>> answers;
  std::vector<std::string> seen;
  async::Task<Result<http::ClientResponse>> send(PeerRequest request) override {
    seen.push_back(request.method + " " + request.target);
    if (answers.empty()) co_return answer_of(200);
    Result<http::ClientResponse> next = std::move(answers.front());
    answers.pop_front();
    co_return next;
  }
};

class Owner final : public OutboxOwner {
 public:
  OutboxFinding finding;
  bool named = true;
  unsigned starts = 0;
  std::vector<OutboxMessage> kept, done;
  std::vector<std::pair<Error, bool>> refusals;

  void started() override { ++starts; }
  std::string inquiry(const OutboxMessage&) const override { return named ? "/state" : ""; }
  OutboxFinding judge(const OutboxMessage&, const http::ClientResponse&) const override { return finding; }
  async::Task<void> failed(OutboxMessage message) override {
    kept.push_back(std::move(message));
    co_return;
  }
  Result<std::string> compose(const OutboxMessage& message) override { return message.body; }
  async::Task<void> delivered(OutboxMessage message, std::string) override {
    done.push_back(std::move(message));
    co_return;
  }
  async::Task<void> refused(OutboxMessage message, Error error, bool answered) override {
    done.push_back(std::move(message));
    refusals.emplace_back(std::move(error), answered);
    co_return;
  }
};

class OutboxSteps : public ::testing::Test {
 protected:
  OutboxSteps() {
    set_log_level(LogLevel::Off);
    pacer.drive(clock);
    outbox.own("negotiation", owner);
  }
  ~OutboxSteps() override {
    outbox.stop();
    pacer.advance(std::chrono::hours(100'000));
    (void)context.poll();
  }

  static OutboxMessage message(unsigned attempts = 0) {
    return {"negotiation", "urn:own", "agreement", "farm.jp.example", "/negotiations/urn:peer/agreement",
            to_body(VerificationMessage{{"urn:p", "urn:c"}, std::nullopt}), attempts, 3, std::nullopt, false};
  }
  void poll() {
    context.restart();
    (void)context.poll();
  }
  void send(OutboxMessage what) {
    outbox.send(std::move(what));
    poll();
  }
  // Over the pause that the outbox makes.
  milliseconds pass() {
    EXPECT_EQ(pacer.pauses().size(), 1U);
    if (pacer.pauses().empty()) return milliseconds(0);
    const milliseconds span = pacer.pauses().front();
    pacer.advance(span);
    poll();
    return span;
  }

  boost::asio::io_context context;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(Instant(std::chrono::hours(500'000)));
  HandPacer pacer;
  ManualRandom random;
  Script net;
  Owner owner;
  Outbox outbox{context.get_executor(), net, *clock, random, OutboxOptions(), pacer};
  const std::string post = "POST /negotiations/urn:peer/agreement";
};

TEST_F(OutboxSteps, WhatIsTakenAtOnceIsNotWrittenAgain) {
  send(message());
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(owner.refusals.empty());
  EXPECT_TRUE(owner.kept.empty());
  EXPECT_TRUE(pacer.pauses().empty());
  EXPECT_TRUE(outbox.idle());
}

TEST_F(OutboxSteps, PausesGrowAndEnd) {
  owner.named = false;
  for (int i = 0; i < 30; ++i) net.answers.push_back(lost(Code::Connection));
  send(message());
  std::chrono::milliseconds full(200), total(0);
  bool shortened = false;
  for (unsigned tries = 1; tries < 24; ++tries) {
    ASSERT_EQ(owner.kept.size(), tries);
    EXPECT_EQ(owner.kept.back().failure->tries, tries);
    EXPECT_EQ(owner.kept.back().failure->code, "CONNECTION");
    EXPECT_EQ(outbox.look("negotiation", "urn:own")->failure->tries, tries);
    const Instant next = owner.kept.back().failure->next;
    const milliseconds span = pass();
    EXPECT_EQ(next, clock->now());
    EXPECT_LE(span, full);
    EXPECT_GE(span, full / 2);
    shortened = shortened || span < full;
    total += span;
    full = std::min<milliseconds>(full * 2, std::chrono::minutes(5));
  }
  EXPECT_TRUE(shortened);
  EXPECT_GT(total, std::chrono::minutes(30));
  EXPECT_LT(total, std::chrono::minutes(75));
  EXPECT_EQ(net.seen.size(), 24U);
  ASSERT_EQ(owner.refusals.size(), 1U);
  EXPECT_EQ(owner.refusals[0].first.code, Code::Connection);
  EXPECT_FALSE(owner.refusals[0].second);
  EXPECT_TRUE(outbox.idle());
}

TEST_F(OutboxSteps, AFirstRequestIsGivenUpSoon) {
  owner.named = false;
  for (int i = 0; i < 9; ++i) net.answers.push_back(lost());
  send(message(3));
  (void)pass();
  (void)pass();
  EXPECT_EQ(net.seen.size(), 3U);
  EXPECT_EQ(owner.refusals.size(), 1U);
}

TEST_F(OutboxSteps, AfterALostAnswerThePeerIsAskedAndTheMessageNotRepeated) {
  net.answers.push_back(lost(Code::Deadline));
  owner.finding.verdict = Verdict::Arrived;
  send(message());
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, "GET /state"}));
  EXPECT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(owner.refusals.empty());
}

class NotTaken : public OutboxSteps, public ::testing::WithParamInterface<Verdict> {};

TEST_P(NotTaken, IsRepeated) {
  net.answers.push_back(lost());
  owner.finding.verdict = GetParam();
  send(message());
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, "GET /state", post}));
  EXPECT_TRUE(owner.refusals.empty());
}

INSTANTIATE_TEST_SUITE_P(All, NotTaken, ::testing::Values(Verdict::NotArrived, Verdict::Unusable),
                         [](const auto& p) { return p.param == Verdict::Unusable ? "unusable" : "not_arrived"; });

TEST_F(OutboxSteps, AnAnswerOfAnyLengthCannotStopTheMessage) {
  net.answers.push_back(lost());
  net.answers.push_back(lost(Code::LimitExceeded));
  send(message());
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, "GET /state", post}));
}

TEST_F(OutboxSteps, APeerThatShowsNoStateCannotStopTheMessage) {
  for (const int status : {404, 405, 500, 501}) {
    net.seen.clear();
    net.answers.push_back(lost());
    net.answers.push_back(answer_of(status, "no"));
    send(message());
    (void)pass();
    EXPECT_EQ(net.seen, (std::vector<std::string>{post, "GET /state", post})) << status;
  }
  net.answers.push_back(lost());
  net.answers.push_back(answer_of(503));
  net.seen.clear();
  send(message());
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, "GET /state"}));
  (void)pass();
}

TEST_F(OutboxSteps, WhileThePeerIsAwayItIsOnlyAsked) {
  for (int i = 0; i < 3; ++i) net.answers.push_back(lost(Code::Connection));
  owner.finding.verdict = Verdict::NotArrived;
  send(message());
  (void)pass();
  (void)pass();
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, "GET /state", "GET /state", "GET /state", post}));
  EXPECT_EQ(owner.kept.back().failure->tries, 3U);
}

TEST_F(OutboxSteps, WhatEndedAtThePeerIsNotSentAgain) {
  net.answers.push_back(lost());
  owner.finding = {Verdict::Ended, Error(Code::NotFound, "gone")};
  send(message());
  (void)pass();
  ASSERT_EQ(owner.refusals.size(), 1U);
  EXPECT_EQ(owner.refusals[0].first.code, Code::NotFound);
  EXPECT_TRUE(owner.refusals[0].second);
}

struct Refused {
  const char* name;
  Verdict verdict;
  bool delivered;
};
void PrintTo(const Refused& c, std::ostream* out) { *out << c.name; }

class RefusedRepetition : public OutboxSteps, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedRepetition, IsSettledByTheState) {
  owner.named = true;
  owner.finding.verdict = GetParam().verdict;
  net.answers.push_back(answer_of(503));
  net.answers.push_back(answer_of(400, refusal("STATE_TRANSITION")));
  send(message());
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, post, "GET /state"}));
  EXPECT_EQ(owner.refusals.empty(), GetParam().delivered);
  if (!GetParam().delivered) {
    EXPECT_EQ(owner.refusals[0].first.code, Code::StateTransition);
  }
}

INSTANTIATE_TEST_SUITE_P(All, RefusedRepetition,
                         ::testing::Values(Refused{"arrived", Verdict::Arrived, true}, Refused{"not_arrived", Verdict::NotArrived, false},
                                           Refused{"unusable", Verdict::Unusable, false}),
                         [](const auto& p) { return std::string(p.param.name); });

TEST_F(OutboxSteps, APeerBehindItsOwnBookkeepingGetsTime) {
  for (int i = 0; i < 3; ++i) net.answers.push_back(answer_of(409, refusal("409")));
  send(message());
  for (int i = 0; i < 3; ++i) (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{post, post, post, post}));
  EXPECT_TRUE(owner.refusals.empty());
}

TEST_F(OutboxSteps, AConflictThatStaysIsFinal) {
  for (int i = 0; i < 9; ++i) net.answers.push_back(answer_of(409, refusal("409")));
  send(message());
  for (int i = 0; i < 4; ++i) (void)pass();
  ASSERT_EQ(owner.refusals.size(), 1U);
  EXPECT_TRUE(owner.refusals[0].second);
  EXPECT_EQ(net.seen.size(), 6U);  // five attempts, and the question
}

TEST_F(OutboxSteps, APeerMayAskForTime) {
  http::ClientResponse busy = answer_of(429);
  busy.headers.add("Retry-After", "30");
  net.answers.push_back(busy);
  busy.headers.set("Retry-After", "9999");
  net.answers.push_back(busy);
  busy.headers.set("Retry-After", "soon");
  net.answers.push_back(busy);
  send(message());
  EXPECT_EQ(pass(), std::chrono::seconds(30));
  EXPECT_EQ(pass(), std::chrono::seconds(60));
  EXPECT_LE(pass(), std::chrono::seconds(1));
}

TEST_F(OutboxSteps, ANewerMessageTakesThePlaceOfAnOlder) {
  net.answers.push_back(lost());
  send(message());
  outbox.expect("negotiation", "urn:own");
  (void)pass();
  EXPECT_EQ(net.seen.size(), 1U);
  EXPECT_TRUE(owner.done.empty());
  OutboxMessage newer = message();
  newer.number = 4;
  send(newer);
  // The older one comes back from its owner, which could not settle it: it must not displace the newer.
  net.answers.push_back(lost());
  newer.number = 5;
  send(newer);
  outbox.again(message(), Error(Code::Busy, "no turn"));
  EXPECT_EQ(outbox.look("negotiation", "urn:own")->number, 5U);
  // Nor when the answer that it had to wait for leaves last.
  outbox.send(message());
  EXPECT_EQ(outbox.look("negotiation", "urn:own")->number, 5U);
}

// A snapshot without the peer says nothing about what the peer has.
TEST_F(OutboxSteps, WhoCannotBeAskedHasNotAnswered) {
  net.answers.push_back(lost(Code::PeerUnknown));
  send(message());
  ASSERT_EQ(owner.refusals.size(), 1U);
  EXPECT_EQ(owner.refusals[0].first.code, Code::PeerUnknown);
  EXPECT_FALSE(owner.refusals[0].second);
}

TEST_F(OutboxSteps, WhatItsOwnerCouldNotSettleComesAgainAfterAPause) {
  outbox.again(message(), Error(Code::Busy, "no turn"));
  owner.finding.verdict = Verdict::Arrived;
  poll();
  EXPECT_TRUE(net.seen.empty());
  (void)pass();
  EXPECT_EQ(net.seen, (std::vector<std::string>{"GET /state"}));
  EXPECT_EQ(owner.done.size(), 1U);
}

TEST_F(OutboxSteps, ARestartGoesOnCounting) {
  MemoryStorage storage;
  OutboxMessage stored = message();
  stored.failure = OutboxFailure{22, "CONNECTION", "CONNECTION: away", clock->now(), clock->now() + std::chrono::minutes(4), false};
  ASSERT_TRUE(storage.commit(std::array{outbox_put(stored)}));
  for (int i = 0; i < 9; ++i) net.answers.push_back(lost(Code::TlsHandshake));
  ASSERT_TRUE(outbox.start(storage));
  poll();
  EXPECT_EQ(owner.starts, 1U);
  EXPECT_EQ(net.seen.size(), 1U);  // at once
  (void)pass();
  EXPECT_EQ(owner.refusals.size(), 1U);
  EXPECT_EQ(net.seen.size(), 2U);
}

TEST_F(OutboxSteps, AfterARestartARefusalMayBeOfARepetition) {
  MemoryStorage storage;
  ASSERT_TRUE(storage.commit(std::array{outbox_put(message())}));
  net.answers.push_back(answer_of(400, refusal("STATE_TRANSITION")));
  owner.finding.verdict = Verdict::Arrived;
  ASSERT_TRUE(outbox.start(storage));
  poll();
  EXPECT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(owner.refusals.empty());
}

TEST(OutboxRow, IsReadAsItWasWritten) {
  OutboxMessage message{"transfer", "urn:own", "start", "farm.jp.example", "/transfers/x/start", "{}", 3, 7, std::nullopt, false};
  const Instant at(std::chrono::hours(500'000));
  message.failure = OutboxFailure{4, "DEADLINE", "DEADLINE: late; because CONNECTION: away", at, at + std::chrono::seconds(9), true};
  const Result<OutboxMessage> read = outbox_from_row(*outbox_put(message).value);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(parse_json(as_text(*outbox_put(*read).value)).value()), to_text(parse_json(as_text(*outbox_put(message).value)).value()));
  EXPECT_EQ(read->number, 7U);
  EXPECT_EQ(read->attempts, 3U);
  EXPECT_TRUE(read->failure->in_doubt);
  EXPECT_EQ(read->failure->next, message.failure->next);
}

TEST(OutboxRow, OfTheFirstReleasesIsReadAndADamagedOneRefused) {
  const std::string first = R"({"owner":"transfer","process":"a","kind":"start","peer":"b","target":"/c","body":"{}")";
  EXPECT_TRUE(outbox_from_row(as_bytes(first + "}")));
  for (const char* rest : {R"(,"number":-1,"attempts":0})", R"(,"number":1})", R"(,"number":1,"attempts":0,"failure":3})",
                           R"(,"number":1,"attempts":0,"failure":{"tries":1,"at":0,"next":0,"code":7,"text":""}})"}) {
    EXPECT_FALSE(outbox_from_row(as_bytes(first + rest))) << rest;
  }
}

}  // namespace
}  // namespace sekisho::node::testing
