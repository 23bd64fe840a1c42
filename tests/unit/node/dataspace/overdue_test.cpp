// A node whose peer falls silent: every process comes to an end, the operator reads why, and the peer is told. Time is
// turned by hand; the peer is the test's.
#include <algorithm>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/core/log.hpp"
#include "node/dataspace/messages.hpp"
#include "policy/offer.hpp"
#include "tests/unit/node/dataspace/hand_pacer.hpp"
#include "tests/unit/node/dataspace/one_node.hpp"

namespace sekisho::node::testing {
namespace {

using policy::NegotiationMessage;

http::ClientResponse answer_of(int status, std::string body) {
  http::ClientResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

class Overdue : public ::testing::Test {
 protected:
  Overdue() { open(); }
  ~Overdue() override { close(); }

  void open() {
    set_log_level(LogLevel::Off);
    pool = std::make_unique<async::WorkerPool>(1);
    net.before = [this](const std::string&, PeerRequest& request) { return hear(request); };
    node = std::make_unique<TestParty>(net, zones.farm, zones.jp, storage, pool->executor(0), ++starts,
                                       std::chrono::milliseconds(100), quiet, 100, pacer);
    node->clock->advance(std::chrono::duration_cast<std::chrono::microseconds>(pacer.now() - begun));
    pacer.drive(node->clock);
    net.parties["farm.jp.example"] = node.get();
    if (starts == 1) node->offer_cold_chain();
    node->load();
    node->start();
  }
  void close() {
    pool->stop();
    pacer.drop();
    node->journal->stop();
    pool.reset();
    node.reset();
  }
  void restart() {
    close();
    open();
  }

  std::optional<Result<http::ClientResponse>> hear(const PeerRequest& request) {
    const std::lock_guard lock(mutex);
    heard.push_back(request.method + " " + request.target);
    if (request.method == "GET") return state_answer;
    last_body = request.body;
    if (lose > 0) {
      --lose;
      return fail(Code::Truncated, "cut");
    }
    if (refuses_ends && request.target.ends_with("/termination")) return answer_of(400, "{}");
    if (!request.target.ends_with("/request")) return answer_of(200, "{}");
    const std::string consumer = get_string(parse_json(request.body)->get_object(), "consumerPid").value();
    const bool transfer = request.target.ends_with("transfers/request");
    return answer_of(201, to_body(ProcessDocument{{kPeerPid, consumer}, "REQUESTED"},
                                  transfer ? "TransferProcess" : "ContractNegotiation"));
  }
  std::size_t count_ends(const std::string& end) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(heard, [&](const std::string& line) { return line.ends_with(end); }));
  }
  std::size_t count_gets() {
    const std::string line = "GET /dsp/2025-1/negotiations/" + http::percent_encode(kPeerPid);
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::ranges::count(heard, line));
  }
  void answer_get(Result<http::ClientResponse> answer) {
    const std::lock_guard lock(mutex);
    state_answer = std::move(answer);
  }
  void lose_answers(int n) {
    const std::lock_guard lock(mutex);
    lose = n;
  }

  trust::PeerIdentity peer() {
    return node->trust.current()->judge(zones.trade.tls_chain, trust::Use::TlsClient, kNow).value();
  }
  int take(NegotiationRoute route, const std::string& pid, const std::string& body) {
    return async::sync_wait(node->negotiations->on_message(route, peer(), pid, body)).status;
  }

  // This node is the provider; the negotiation is at REQUESTED.
  std::string requested() {
    const Json wanted = policy::message_offer(node->catalog.state()->offer(kOffer)->document, kDataset).value();
    const ContractRequestMessage request{kPeerPid, std::nullopt, "https://trade.eu.example/dsp/2025-1", wanted};
    const http::Response answer =
        async::sync_wait(node->negotiations->on_message(NegotiationRoute::Request, peer(), "", to_body(request)));
    return parse_negotiation(answer.body).value().ids.provider;
  }
  std::string agreed() {
    std::string pid = requested();
    EXPECT_TRUE(async::sync_wait(node->negotiations->send(pid, NegotiationMessage::Agreement)));
    EXPECT_TRUE(eventually([&] { return state(pid) == "AGREED"; }));
    return pid;
  }
  // At VERIFIED, and the answer to the final event is lost.
  std::string finalizing() {
    std::string pid = agreed();
    EXPECT_EQ(take(NegotiationRoute::Verification, pid, to_body(VerificationMessage{{pid, kPeerPid}, std::nullopt})),
              200);
    lose_answers(1'000'000);
    EXPECT_TRUE(async::sync_wait(node->negotiations->send(pid, NegotiationMessage::Finalized)));
    EXPECT_TRUE(eventually([&] { return count_ends("/events") == 1; }));
    return pid;
  }
  std::string state(const std::string& pid) const { return node->negotiations->state(pid); }
  JsonObject shown(const std::string& pid) const { return node->negotiations->process(pid).value(); }
  std::string text(const JsonObject& object, const char* name) const { return get_string(object, name).value_or(""); }
  std::int64_t tries(const std::string& pid) const {
    const JsonObject now = shown(pid);
    const auto pending = get_object(now, "pending");
    return pending ? get_integer(**pending, "attempts").value() : -1;
  }
  bool failed_attempts(const std::string& pid, std::int64_t n) {
    return eventually([&] {
      pacer.advance(std::chrono::milliseconds(50));
      return tries(pid) >= n;
    });
  }
  // The watch sleeps towards a deadline no later than this: time may pass.
  bool asleep(std::chrono::milliseconds span) {
    return eventually([&] { return !pacer.pauses().empty() && pacer.pauses().front() <= span; });
  }
  // Time passes in steps, so that whoever sleeps again is woken, too.
  bool pass_until(std::chrono::milliseconds span, const std::function<bool()>& condition) {
    const auto end = pacer.now() + span;
    while (pacer.now() < end) {
      pacer.advance(std::chrono::minutes(10));
      for (int i = 0; i < 20 && !condition(); ++i) std::this_thread::yield();
      if (condition()) return true;
    }
    return eventually(condition);
  }

  const std::string kPeerPid = "urn:uuid:00000000-0000-4000-8000-000000000001";
  const sekisho::test::TestZones zones = sekisho::test::make_test_zones(kNow);
  Quiet quiet;
  HandPacer pacer;
  const async::SteadyTime begun = pacer.now();
  Loopback net;
  std::shared_ptr<MemoryStorage> storage = std::make_shared<MemoryStorage>();
  std::unique_ptr<async::WorkerPool> pool;
  std::unique_ptr<TestParty> node;
  std::uint64_t starts = 0;
  std::mutex mutex;
  std::vector<std::string> heard;
  std::string last_body;
  int lose = 0;
  bool refuses_ends = false;
  Result<http::ClientResponse> state_answer = fail(Code::Connection, "away");
};

TEST_F(Overdue, ASilentPeerIsAskedOnceAndToldTheEnd) {
  const std::string pid = agreed();
  const JsonObject open = shown(pid);
  EXPECT_EQ(text(open, "state"), "AGREED");
  EXPECT_FALSE(text(open, "deadline").empty());
  ASSERT_TRUE(asleep(std::chrono::hours(4)));
  pacer.advance(std::chrono::hours(4) - std::chrono::minutes(1));
  EXPECT_EQ(count_gets(), 0U);
  EXPECT_EQ(state(pid), "AGREED");
  ASSERT_TRUE(pass_until(std::chrono::minutes(20), [&] { return state(pid) == "TERMINATED"; }));
  ASSERT_TRUE(eventually([&] { return count_ends("/termination") == 1; }));
  EXPECT_EQ(count_gets(), 1U);
  const Result<EndMessage> told = parse_negotiation_termination(last_body);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, "DEADLINE");
  const JsonObject ended = shown(pid);
  EXPECT_EQ(text(ended, "code"), "DEADLINE");
  EXPECT_NE(text(ended, "reason").find("at AGREED since"), std::string::npos) << text(ended, "reason");
  EXPECT_NE(text(ended, "reason").find("because CONNECTION: away"), std::string::npos) << text(ended, "reason");
  EXPECT_FALSE(ended.contains("deadline"));
  EXPECT_TRUE(node->agreements.all().empty());
}

// An end stands here whether the peer takes it or not.
TEST_F(Overdue, AnEndThatThePeerRefusesIsToldAsFailed) {
  const std::string pid = agreed();
  refuses_ends = true;
  ASSERT_TRUE(
      async::sync_wait(node->negotiations->end(pid, Error(Code::Cancelled, "ended by the operator of this node"))));
  ASSERT_TRUE(eventually([&] { return shown(pid).at("timeline").get_array().size() == 4; }));
  const JsonObject ended = shown(pid);
  EXPECT_EQ(text(ended, "state"), "TERMINATED");
  EXPECT_FALSE(ended.contains("pending"));
  const JsonObject& last = ended.at("timeline").get_array().back().get_object();
  EXPECT_EQ(text(last, "source") + " " + text(last, "message"), "failed termination");
}

TEST_F(Overdue, ARestartKeepsTheDeadline) {
  const std::string pid = requested();
  const std::string deadline = text(shown(pid), "deadline");
  pacer.advance(std::chrono::hours(20));
  restart();
  ASSERT_TRUE(asleep(std::chrono::hours(4)));
  EXPECT_EQ(text(shown(pid), "deadline"), deadline);
  pacer.advance(std::chrono::hours(3));
  EXPECT_EQ(state(pid), "REQUESTED");
  EXPECT_TRUE(pass_until(std::chrono::minutes(70), [&] { return state(pid) == "TERMINATED"; }));
}

TEST_F(Overdue, WhatWasDueWhileTheNodeWasDownEndsSoonAfter) {
  const std::string pid = requested();
  close();
  pacer.advance(std::chrono::hours(100));
  open();
  EXPECT_EQ(state(pid), "REQUESTED");
  ASSERT_TRUE(asleep(std::chrono::minutes(1)));
  EXPECT_TRUE(pass_until(std::chrono::minutes(11), [&] { return state(pid) == "TERMINATED"; }));
}

struct Word {
  const char* name;
  int status;
  std::string body;  // "P" stands for this node's id, "C" for the peer's
  const char* code;
  bool told;
};

void PrintTo(const Word& word, std::ostream* out) { *out << word.name; }

std::string process_of(const char* provider, const char* consumer, const char* state) {
  return to_body(ProcessDocument{{provider, consumer}, state}, "ContractNegotiation");
}

class PeersWord : public Overdue, public ::testing::WithParamInterface<Word> {};

TEST_P(PeersWord, IsHeardAndNotBelievedBeyondReason) {
  const std::string pid = requested();
  std::string body = GetParam().body;
  if (const auto at = body.find("urn:P"); at != std::string::npos) body.replace(at, 5, pid);
  if (const auto at = body.find("urn:C"); at != std::string::npos) body.replace(at, 5, kPeerPid);
  answer_get(answer_of(GetParam().status, body));
  ASSERT_TRUE(asleep(std::chrono::hours(24)));
  pacer.advance(std::chrono::hours(23));
  ASSERT_TRUE(pass_until(std::chrono::hours(2), [&] { return state(pid) == "TERMINATED"; }));
  EXPECT_EQ(text(shown(pid), "code"), GetParam().code);
  if (GetParam().told) {
    EXPECT_TRUE(eventually([&] { return count_ends("/termination") == 1; }));
  }
  EXPECT_EQ(count_ends("/termination"), GetParam().told ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(
    All, PeersWord,
    ::testing::Values(Word{"still_there", 200, process_of("urn:P", "urn:C", "REQUESTED"), "DEADLINE", true},
                      Word{"ended_there", 200, process_of("urn:P", "urn:C", "TERMINATED"), "PEER_REFUSED", false},
                      Word{"gone_there", 404,
                           to_body(ErrorDocument{{"a", "b"}, "NOT_FOUND", {}}, "ContractNegotiationError"), "NOT_FOUND",
                           false},
                      Word{"unknown_path", 404, "nothing here", "DEADLINE", true},
                      Word{"html", 200, "<html>TERMINATED</html>", "DEADLINE", true},
                      Word{"another_process", 200, process_of("urn:other", "urn:C", "TERMINATED"), "DEADLINE", true},
                      Word{"another_consumer", 200, process_of("urn:P", "urn:other", "TERMINATED"), "DEADLINE", true},
                      Word{"unknown_state", 200, process_of("urn:P", "urn:C", "DELETED"), "DEADLINE", true},
                      Word{"a_transfer", 200,
                           to_body(ProcessDocument{{"urn:P", "urn:C"}, "TERMINATED"}, "TransferProcess"), "DEADLINE",
                           true},
                      Word{"long", 200, std::string(64 * 1024, ' '), "DEADLINE", true}),
    [](const auto& p) { return std::string(p.param.name); });

TEST_F(Overdue, AFinalEventIsSaidUntilTheConsumerShowsThatItHasIt) {
  const std::string pid = finalizing();
  EXPECT_EQ(node->agreements.all().size(), 1U);
  ASSERT_TRUE(failed_attempts(pid, 30));  // more than an ordinary message gets
  EXPECT_EQ(state(pid), "VERIFIED");
  const JsonObject waiting = shown(pid);
  EXPECT_EQ(text(*get_object(waiting, "pending").value(), "message"), "finalized");
  answer_get(answer_of(200, to_body(ProcessDocument{{pid, kPeerPid}, "FINALIZED"}, "ContractNegotiation")));
  ASSERT_TRUE(eventually([&] {
    pacer.advance(std::chrono::milliseconds(50));
    return state(pid) == "FINALIZED";
  }));
  EXPECT_EQ(count_ends("/events"), 1U);
  EXPECT_EQ(node->agreements.all().size(), 1U);
}

TEST_F(Overdue, AttemptsAndLastErrorOutliveARestart) {
  const std::string pid = finalizing();
  ASSERT_TRUE(failed_attempts(pid, 5));
  ASSERT_TRUE(eventually([&] {
    const Bytes row = storage->get(Family::Outbox, outbox_key("negotiation", pid))->value();
    const Result<OutboxMessage> kept = outbox_from_row(row);
    return kept && kept->failure && kept->failure->tries >= 5;
  }));
  restart();
  EXPECT_TRUE(eventually([&] { return tries(pid) >= 6; }));
  const JsonObject now = shown(pid);
  const auto pending = get_object(now, "pending");
  const auto error = get_object(**pending, "error");
  ASSERT_TRUE(error);
  EXPECT_EQ(text(**error, "code"), "CONNECTION");
  EXPECT_FALSE(text(**pending, "next_attempt").empty());
}

TEST_F(Overdue, TheTimelineTellsWhatHappened) {
  const std::string pid = agreed();
  EXPECT_EQ(take(NegotiationRoute::Verification, pid, to_body(VerificationMessage{{pid, kPeerPid}, std::nullopt})),
            200);
  restart();  // it is in the row
  EXPECT_TRUE(
      async::sync_wait(node->negotiations->end(pid, Error(Code::Cancelled, "ended by the operator of this node"))));
  EXPECT_EQ(async::sync_wait(node->negotiations->end(pid, Error(Code::Cancelled, "again"))).error().code,
            Code::Conflict);
  // By the peer's id; the peer acknowledges the end.
  ASSERT_TRUE(
      eventually([&] { return node->negotiations->process(kPeerPid)->at("timeline").get_array().size() == 5; }));
  std::string story;
  const JsonObject now = node->negotiations->process(kPeerPid).value();
  for (const Json& event : now.at("timeline").get_array()) {
    const JsonObject& line = event.get_object();
    story += text(line, "source") + " " + text(line, "message") + " " + text(line, "state") + " " + text(line, "code") +
             "; ";
  }
  EXPECT_EQ(
      story,
      "in request REQUESTED ; out agreement AGREED ; in verification VERIFIED ; own termination TERMINATED CANCELLED; "
      "out termination TERMINATED CANCELLED; ");
}

TEST_F(Overdue, ListsAreOfOpenProcessesOrOfAll) {
  const std::string pid = requested();
  EXPECT_EQ(node->negotiations->processes({false, "", "", 10})->rows.size(), 1U);
  EXPECT_EQ(node->negotiations->processes({false, "trade.eu.example", "", 10})->rows.size(), 1U);
  EXPECT_EQ(node->negotiations->processes({false, "other.eu.example", "", 10})->rows.size(), 0U);
  ASSERT_TRUE(async::sync_wait(node->negotiations->end(pid, Error(Code::Cancelled, "enough"))));
  EXPECT_EQ(node->negotiations->processes({false, "", "", 10})->rows.size(), 0U);
  EXPECT_EQ(node->negotiations->processes({true, "", "", 10})->rows.size(), 1U);
  EXPECT_EQ(node->negotiations->process("urn:nobody").error().code, Code::NotFound);
}

TEST_F(Overdue, ListsComeInPagesAndWhole) {
  std::set<std::string> all;
  for (int n = 0; n < 5; ++n) {
    const auto pid =
        async::sync_wait(node->negotiations->request("trade.eu.example", "urn:dataset:theirs", use_offer()));
    ASSERT_TRUE(pid);
    all.insert(*pid);
  }
  ASSERT_TRUE(async::sync_wait(node->negotiations->end(*all.begin(), Error(Code::Cancelled, "enough"))));
  for (const bool ended : {true, false}) {
    std::set<std::string> listed;
    std::optional<std::string> place = "";
    std::size_t pages = 0;
    for (; place && pages < 10; ++pages) {
      const auto page = node->negotiations->processes({ended, "", *place, 2});
      ASSERT_TRUE(page);
      for (const Json& row : page->rows) EXPECT_TRUE(listed.insert(text(row.get_object(), "process")).second);
      place = page->next;
    }
    EXPECT_EQ(pages, ended ? 3U : 2U);
    EXPECT_EQ(listed.size(), ended ? 5U : 4U);
  }
}

}  // namespace
}  // namespace sekisho::node::testing
