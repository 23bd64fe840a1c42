// Which snapshot of a zone judges a statement while two zones suspend and resume one another.
//
// A story is words, ten seconds each, after a whole exchange:
//   jp- jp+ eu- eu+   the zone suspends or resumes the other, and publishes        eu=  eu publishes without a change
//   jp< eu<           the zone imports the other's newest snapshot and publishes
//   farm trade        the node loads its zone's newest snapshot                    farm0  it goes back to its first one
//   eu!               an auditor adds the newest snapshot of eu, which no statement names
//   1s                a second passes between the words from now on
//   f t               farm or trade states something, and so names the snapshot that it holds
//   REFUSE VOID RELEASE INTENT   the statement that is judged: of farm, the intent of trade
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/trust/evidence/crossing.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::trust {
namespace {

using testing::Crossing;

struct Row {
  const char* name;
  const char* story;
  Verdict verdict;            // the worst that the group "recognition" says of the judged statement
  bool with_exchange = true;  // with what both stated before, and so their first snapshots
};

class Story {
 public:
  Story() {
    c_.farm.zone = &held_farm_;
    c_.trade.zone = &held_trade_;
  }

  VerificationReport tell(const Row& row) {
    if (row.with_exchange) {
      for (const Envelope* e : {&c_.terms, &c_.intent, &c_.release, &c_.receipt}) keep(*e, nullptr);
    } else {
      keep(c_.terms, nullptr);
    }
    add(writer_.add_snapshot(first_farm_.state->digest(), first_farm_.state->bytes()));
    std::istringstream words(row.story);
    for (std::string word; words >> word;) {
      if (word == "1s") {
        pause_ = std::chrono::seconds(1);
        continue;
      }
      now_ += pause_;
      c_.farm.clock = c_.trade.clock = now_;
      step(word);
    }
    if (row.with_exchange) add(writer_.add_snapshot(first_trade_.state->digest(), first_trade_.state->bytes()));
    for (const testing::LogNode* n : {&c_.farm, &c_.trade}) add(writer_.add_chain(n->node->statement_chain));
    return verify_bundle(writer_.finish().value(), c_.roots());
  }

  [[nodiscard]] const std::string& judged() const { return judged_; }

 private:
  static void add(const Status& s) {
    if (!s) throw std::runtime_error(s.error().chain());
  }

  void keep(const Envelope& e, const test::TestZone* names) {
    add(writer_.add_statement(e));
    if (names) add(writer_.add_snapshot(names->state->digest(), names->state->bytes()));
  }

  void import(test::TestZone& own, const test::TestZone& other) {
    add(own.authority->import_peer_snapshot(other.snapshot, now_));
    test::publish(own, now_);
  }

  Envelope state(testing::LogNode& node, const test::TestZone& held, StatementKind kind) {
    Draft draft = testing::draft_of(kind);
    draft.members.erase("intent");
    if (kind != StatementKind::Terms) draft.members["exchange"] = "01931f3a-7c00-7000-8000-" + std::to_string(100000000000 + ++exchanges_);
    if (kind == StatementKind::Release) {
      draft.members["terms"] = to_hex(statement_id(c_.terms.payload));
      for (const char* name : {"parents", "retryOf", "resumeOf"}) draft.members.erase(name);
    }
    if (kind == StatementKind::Intent) draft.members.erase("onBehalfOf");
    const Envelope out = node.state(draft);
    keep(out, &held);
    return out;
  }

  void step(const std::string& word) {
    test::TestZones& z = c_.zones;
    const auto farm = [&](StatementKind kind) { return state(c_.farm, held_farm_, kind); };
    const auto trade = [&](StatementKind kind) { return state(c_.trade, held_trade_, kind); };
    const auto judge = [&](const Envelope& e) { judged_ = statement_member(statement_id(e.payload)); };
    if (word == "jp-") return add(z.jp.authority->suspend("eu", "review", now_)), test::publish(z.jp, now_);
    if (word == "jp+") return add(z.jp.authority->resume("eu", "done", now_)), test::publish(z.jp, now_);
    if (word == "eu-") return add(z.eu.authority->suspend("jp", "review", now_)), test::publish(z.eu, now_);
    if (word == "eu+") return add(z.eu.authority->resume("jp", "done", now_)), test::publish(z.eu, now_);
    if (word == "eu=") return test::publish(z.eu, now_);
    if (word == "eu!") return add(writer_.add_snapshot(z.eu.state->digest(), z.eu.state->bytes()));
    if (word == "jp<") return import(z.jp, z.eu);
    if (word == "eu<") return import(z.eu, z.jp);
    if (word == "farm") return void(held_farm_ = z.jp);
    if (word == "trade") return void(held_trade_ = z.eu);
    if (word == "farm0") return void(held_farm_ = first_farm_);
    if (word == "f") return void(farm(StatementKind::Void));
    if (word == "t") return void(trade(StatementKind::Intent));
    if (word == "REFUSE") return judge(farm(StatementKind::Refusal));
    if (word == "VOID") return judge(farm(StatementKind::Void));
    if (word == "RELEASE") return judge(farm(StatementKind::Release));
    if (word == "INTENT") return judge(trade(StatementKind::Intent));
    FAIL() << "no word of a story: " << word;
  }

  Crossing c_;
  test::TestZone first_farm_ = c_.zones.jp, first_trade_ = c_.zones.eu;
  test::TestZone held_farm_ = first_farm_, held_trade_ = first_trade_;
  Instant now_ = testing::kNow;
  std::chrono::seconds pause_{10};
  BundleWriter writer_;
  std::string judged_;
  int exchanges_ = 0;
};

constexpr Verdict kGood = Verdict::ValidUnconfirmed;

const Row kRows[] = {
    {"nobody suspends", "RELEASE t", kGood},
    // What ends or refuses needs no recognition: that it is gone is the reason for most of them.
    {"void while both have suspended", "jp- farm eu- trade t VOID t", kGood},
    {"refusal while both have suspended", "jp- farm eu- trade t REFUSE t", kGood},
    {"void, jp has resumed, eu not yet", "jp- farm eu- trade t jp+ farm VOID eu+ trade t", kGood},
    {"void, jp has resumed, eu too, its node not yet", "jp- farm eu- trade t jp+ farm eu+ VOID trade t", kGood},
    {"void, eu has resumed, jp not yet", "jp- farm eu- trade t eu+ trade VOID jp+ farm t", kGood},
    {"void, eu follows jp and resumes after it", "jp- farm eu< trade t jp+ farm VOID eu< trade t", kGood},
    {"intent while the provider's zone has suspended", "f jp- farm f INTENT f", kGood},
    // What leaves needs it of both.
    {"release while eu has suspended and its node knows", "eu- trade t RELEASE t", Verdict::InvalidAtExchange},
    {"release while jp has suspended and its node knows", "jp- farm RELEASE t", Verdict::InvalidAtExchange},
    {"release while eu follows jp", "jp- eu< trade t RELEASE t", Verdict::InvalidAtExchange},
    {"release, jp has resumed, eu not yet", "jp- farm eu- trade t jp+ farm RELEASE eu+ trade t", Verdict::InvalidAtExchange},
    {"release, eu has resumed, jp not yet", "jp- farm eu- trade t eu+ trade t RELEASE jp+ farm f", Verdict::InvalidAtExchange},
    {"release after both resumed, jp first", "jp- farm eu- trade t jp+ farm eu+ trade t RELEASE t", kGood},
    {"release after both resumed, eu first", "jp- farm eu- trade t eu+ trade jp+ farm t RELEASE t", kGood},
    // Nearest in time is not newest.
    {"release shortly before eu suspends", "f f f RELEASE eu- trade t", kGood},
    {"release after eu resumed, its node names that much later", "eu- trade t eu+ RELEASE f f f trade t", kGood},
    // A zone has spoken, its node has not heard it: the one says yes, the other no.
    {"release after eu suspended, its node later still holds the old", "eu- RELEASE t trade t", Verdict::Contested},
    {"release after eu suspended, its node may hold the old", "t eu- RELEASE trade t", Verdict::Contested},
    {"release after jp suspended, its node names the old", "jp- RELEASE farm f t", Verdict::Contested},
    {"release of a node that goes back behind what it knew", "jp- farm f farm0 RELEASE t", Verdict::InvalidAtExchange},
    // The counterpart's clock may be ahead: what it named the moment before it may have named the moment after.
    {"release a second after the counterpart knew", "eu- trade 1s t RELEASE t", Verdict::Contested},
    {"release of a node a second after it knew itself", "jp- farm 1s f RELEASE t", Verdict::InvalidAtExchange},
    // What an auditor adds is the zone's word too.
    {"release after eu suspended, which the auditor alone has", "eu- RELEASE t eu!", Verdict::Contested},
    {"release before eu suspended, which the auditor alone has", "RELEASE eu- t eu!", kGood},
    // What the bundle has decides what can be said.
    {"no snapshot of eu", "RELEASE", Verdict::Indeterminate, false},
    {"only a later one, suspended since then", "RELEASE eu- trade t", Verdict::Indeterminate, false},
    {"only a later one, resumed since then", "eu- RELEASE eu+ trade t", Verdict::Indeterminate, false},
    {"only a later one, active since before", "RELEASE eu= trade t", kGood, false},
    {"only the suspended one, from before", "eu- RELEASE trade t", Verdict::InvalidAtExchange, false},
    {"only the resumed one, from before", "eu- eu+ RELEASE trade t", kGood, false},
};

TEST(VerifyRecognition, TheZonesNewestWordJudges) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(std::string(row.name) + ": " + row.story);
    Story story;
    const VerificationReport report = story.tell(row);
    Verdict worst = Verdict::ValidAtExchange;
    std::string said;
    for (const Finding& f : report.findings) {
      if (f.group != "recognition" || f.member != story.judged()) continue;
      worst = worse(worst, f.verdict);
      said += "\n  " + std::string(verdict_info(f.verdict).name) + " " + f.detail;
    }
    EXPECT_EQ(verdict_info(worst).name, verdict_info(row.verdict).name) << said;
    EXPECT_FALSE(said.empty());
  }
}

// A chain that has a path at home only is not excused by a recognition that stands.
TEST(VerifyRecognition, NoPathUnderAnActiveRecognitionIsInvalid) {
  const Crossing c;
  VerifyOptions options;
  options.judge = [](const AsOfInput& input) {
    AsOfReport answer = judge_as_of(input);
    if (answer.identity.home) return answer;
    answer.verdict = AsOfVerdict::Invalid;
    answer.reason = Error(Code::ZoneNotRecognised, "no path");
    return answer;
  };
  const VerificationReport report = verify_bundle(c.bundle(), c.roots(), options);
  for (const Envelope* e : {&c.terms, &c.release, &c.receipt}) {
    const std::string member = statement_member(statement_id(e->payload));
    const auto found = std::ranges::find_if(report.findings, [&](const Finding& f) {
      return f.group == "recognition" && f.member == member && f.verdict == Verdict::InvalidAtExchange;
    });
    EXPECT_NE(found, report.findings.end()) << member;
  }
}

}  // namespace
}  // namespace sekisho::trust
