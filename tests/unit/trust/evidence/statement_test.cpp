#include "trust/evidence/statement.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/trust/evidence/drafts.hpp"

namespace sekisho::trust {
namespace {

using testing::assigned;
using testing::digest_of;
using testing::draft_of;

class EveryKind : public ::testing::TestWithParam<StatementKind> {};

TEST_P(EveryKind, AssemblesAndParses) {
  const Draft draft = draft_of(GetParam());
  const Assigned given = assigned();
  ASSERT_TRUE(check_draft(draft));
  const std::string payload = assemble(draft, given);
  const Result<Statement> s = parse_statement(payload);
  ASSERT_TRUE(s) << s.error().chain() << "\n" << payload;
  EXPECT_EQ(s->kind, GetParam());
  EXPECT_EQ(s->id, statement_id(payload));
  EXPECT_EQ(s->issuer, given.issuer);
  EXPECT_EQ(s->origin, given.origin);
  EXPECT_EQ(s->index, given.index);
  EXPECT_EQ(s->time, given.time);
  EXPECT_EQ(s->clock.now, given.clock.now);
  EXPECT_EQ(s->clock.uncertainty, given.clock.uncertainty);
  EXPECT_EQ(s->snapshot_seq, given.snapshot_seq);
  EXPECT_EQ(s->snapshot_digest, given.snapshot_digest);
  EXPECT_EQ(s->rand, given.rand);
  EXPECT_EQ(s->agreement, draft.agreement);
  EXPECT_EQ(s->counter, given.counter);
  EXPECT_EQ(s->prev, given.prev);
  for (const auto& [name, value] : draft.members) EXPECT_EQ(s->predicate.at(name), value);
}

// Each member of the kind is needed or known to be optional; an unknown one is refused.
TEST_P(EveryKind, RefusesAnUnknownMember) {
  Draft draft = draft_of(GetParam());
  draft.members["extra"] = "x";
  EXPECT_FALSE(check_draft(draft));
  EXPECT_FALSE(parse_statement(assemble(draft, assigned())));
}

TEST_P(EveryKind, RefusesAMemberOfAnotherType) {
  const Draft draft = draft_of(GetParam());
  for (const auto& [name, value] : draft.members) {
    for (const Json& wrong : {Json(JsonArray{}), Json(true), Json(-1), Json(""), Json(nullptr)}) {
      Draft altered = draft;
      altered.members[name] = wrong;
      EXPECT_FALSE(check_draft(altered)) << std::string(name);
      EXPECT_FALSE(parse_statement(assemble(altered, assigned()))) << std::string(name);
    }
  }
}

TEST_P(EveryKind, EveryOctetCounts) {
  const std::string payload = assemble(draft_of(GetParam()), assigned());
  const Digest id = statement_id(payload);
  const bool ok = rc::check([&] {
    std::string altered = payload;
    const auto at = *rc::gen::inRange<std::size_t>(0, payload.size());
    altered[at] = static_cast<char>(altered[at] ^ *rc::gen::inRange(1, 128));
    RC_ASSERT(statement_id(altered) != id);
  });
  ASSERT_TRUE(ok);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind, ::testing::ValuesIn(kStatementKinds),
                         [](const auto& param) {
                           std::string name(kind_name(param.param));
                           std::erase(name, '-');
                           return name;
                         });

std::string release() { return assemble(draft_of(StatementKind::Release), assigned()); }

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(Statement, IsInTotoJson) {
  const Json json = parse_json(release()).value();
  EXPECT_EQ(json.at("_type").as_string(), "https://in-toto.io/Statement/v1");
  EXPECT_EQ(json.at("predicateType").as_string(), "https://w3id.org/sekisho/release/v1");
  EXPECT_EQ(json.at("subject").at(0).at("digest").at("sekishoCommitV1").as_string(), testing::hex_of("content"));
  EXPECT_EQ(json.at("predicate").at("log").at("time").as_string(), "2026-11-18T11:06:40.123456Z");
}

TEST(Statement, PreAuthenticationEncoding) {
  EXPECT_EQ(as_text(pae("{}")), "DSSEv1 28 application/vnd.in-toto+json 2 {}");
  EXPECT_EQ(statement_id("{}"), sha256(pae("{}")));
}

TEST(Statement, StrictShape) {
  const std::string good = release();
  ASSERT_TRUE(parse_statement(good));
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"not JSON", "x"},
      {"array", "[]"},
      {"trailing text", good + " x"},
      {"duplicate name", replaced(good, R"("_type":)", R"("_type":"x","_type":)")},
      {"other type", replaced(good, "Statement/v1", "Statement/v0.1")},
      {"unknown predicate", replaced(good, "release/v1", "release/v2")},
      {"kind of other members", replaced(good, "release/v1", "receipt/v1")},
      {"extra top member", replaced(good, R"({"_type")", R"({"x":1,"_type")")},
      {"no subject", replaced(good, R"("subject":[{)", R"("subject":[],"x":[{)")},
      {"sha256 of the content", replaced(good, "sekishoCommitV1", "sha256")},
      {"reference instead of a commitment", replaced(good, "sekishoCommitV1", "sekishoRefV1")},
      {"subject of another exchange", replaced(good, R"("name":"01931f3a)", R"("name":"01931f3b)")},
      {"index as text", replaced(good, R"("index":4711)", R"("index":"4711")")},
      {"index as a fraction", replaced(good, R"("index":4711)", R"("index":4711.5)")},
      {"negative index", replaced(good, R"("index":4711)", R"("index":-1)")},
      {"index of 2^53", replaced(good, R"("index":4711)", R"("index":9007199254740992)")},
      {"time without microseconds", replaced(good, "40.123456Z", "40Z")},
      {"time with an offset", replaced(good, "40.123456Z", "40.123456+00:00")},
      {"upper-case hex", replaced(good, testing::hex_of("request"), std::string(64, 'A'))},
      {"short rand", replaced(good, std::string(32, '5').replace(0, 32, "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"), "5a5a")},
      {"origin of another host", replaced(good, "farm.jp.example/sekisho", "evil.jp.example/sekisho")},
      {"issuer of another method", replaced(good, "did:web:farm", "did:key:farm")},
      {"origin of another form", replaced(good, "2026h2", "2026h3")},
      {"extra issuer member", replaced(good, R"("zone":"jp")", R"("zone":"jp","x":1)")},
      {"no counter", replaced(good, R"(,"counter":3)", "")},
      {"no prev", replaced(good, R"(,"prev":")" + testing::hex_of("previous") + '"', "")},
      {"counter 0 with prev", replaced(good, R"("counter":3)", R"("counter":0)")},
      {"no agreement", replaced(good, R"(,"agreement":")" + testing::hex_of("agreement") + '"', "")},
      {"exchange in upper case",
       replaced(replaced(good, "0123456789ab", "0123456789AB"), "0123456789ab", "0123456789AB")},
      {"over its limit", replaced(good, R"("media":")", R"("media":")" + std::string(20'000, 'x'))},
      {"media over its limit", replaced(good, R"("media":")", R"("media":")" + std::string(600, 'x'))},
      {"control character in a text", replaced(good, R"("media":")", R"("media":"\u0007)")},
  };
  for (const auto& [name, text] : cases) EXPECT_FALSE(parse_statement(text)) << name;
}

TEST(Statement, MembersThatMustBeThere) {
  const std::vector<std::pair<StatementKind, const char*>> cases = {
      {StatementKind::Agreement, "provider"}, {StatementKind::Request, "recipient"},
      {StatementKind::Terms, "plan"},         {StatementKind::Intent, "request"},
      {StatementKind::Release, "terms"},      {StatementKind::Release, "decision"},
      {StatementKind::Receipt, "of"},         {StatementKind::Receipt, "outcome"},
      {StatementKind::Receipt, "bytes"},      {StatementKind::Refusal, "code"},
      {StatementKind::Void, "recipient"},
  };
  for (const auto& [kind, member] : cases) {
    Draft draft = draft_of(kind);
    draft.members.erase(member);
    EXPECT_FALSE(check_draft(draft)) << member;
    EXPECT_FALSE(parse_statement(assemble(draft, assigned()))) << member;
  }
}

TEST(Statement, ReceiptsOfWhatNeverCame) {
  Draft draft = draft_of(StatementKind::Receipt);
  draft.members = {
      {"of", testing::hex_of("release")}, {"exchange", testing::kExchange}, {"outcome", "lost"}, {"reason", "closed"}};
  const Result<Statement> lost = parse_statement(assemble(draft, assigned()));
  ASSERT_TRUE(lost) << lost.error().chain();
  EXPECT_TRUE(lost->subject.empty());
  draft.members["outcome"] = "verified";
  EXPECT_FALSE(parse_statement(assemble(draft, assigned())));
  draft.members["outcome"] = "delivered";
  EXPECT_FALSE(parse_statement(assemble(draft, assigned())));
}

TEST(Statement, SubjectOfAReceiptIsItsCommitment) {
  const std::string good = assemble(draft_of(StatementKind::Receipt), assigned());
  EXPECT_EQ(parse_statement(good)->subject.at(0).commitment, digest_of("content"));
  EXPECT_FALSE(parse_statement(replaced(good, testing::hex_of("content"), testing::hex_of("other"))));
}

TEST(Statement, ReferenceDigestsAreDerived) {
  const std::string good = assemble(draft_of(StatementKind::Intent), assigned());
  const std::size_t at = good.find("sekishoRefV1") + 15;
  EXPECT_FALSE(parse_statement(std::string(good).replace(at, 64, testing::hex_of("a hidden value"))));
}

TEST(Statement, ForeignRecipientsHaveNoZone) {
  Draft draft = draft_of(StatementKind::Terms);
  draft.members["recipient"] = JsonObject{{"did", "did:web:edc.example"}, {"foreign", true}};
  const Result<Statement> s = parse_statement(assemble(draft, assigned()));
  ASSERT_TRUE(s) << s.error().chain();
  EXPECT_TRUE(s->party("recipient")->foreign);
  draft.members["recipient"] = JsonObject{{"did", "did:web:edc.example"}, {"foreign", false}};
  EXPECT_FALSE(check_draft(draft));
  draft.members["recipient"] = JsonObject{{"did", "did:web:edc.example"}};
  EXPECT_FALSE(check_draft(draft));
}

TEST(Statement, ParentsAreBounded) {
  Draft draft = draft_of(StatementKind::Release);
  JsonArray parents;
  for (int i = 0; i < 16; ++i) parents.push_back(Json(testing::hex_of(std::to_string(i))));
  draft.members["parents"] = parents;
  EXPECT_EQ(parse_statement(assemble(draft, assigned())).value().digests("parents").size(), 16U);
  parents.push_back(Json(testing::hex_of("17")));
  draft.members["parents"] = parents;
  EXPECT_FALSE(check_draft(draft));
}

TEST(Statement, AnyTextIsEscaped) {
  const bool ok = rc::check([] {
    const auto raw = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
    RC_PRE(!raw.empty());
    Draft draft = draft_of(StatementKind::Intent);
    draft.members["purpose"] = raw.substr(0, 300);
    const Result<Statement> s = parse_statement(assemble(draft, assigned()));
    RC_ASSERT(s.has_value());
    RC_ASSERT(s->text("purpose") == raw.substr(0, 300));
  });
  ASSERT_TRUE(ok);
}

TEST(Statement, WithoutAnAgreement) {
  Draft draft = draft_of(StatementKind::Refusal);
  draft.agreement.reset();
  Assigned given = assigned();
  EXPECT_FALSE(parse_statement(assemble(draft, given)));  // a counter counts under an agreement
  given.counter.reset();
  given.prev.reset();
  const Result<Statement> s = parse_statement(assemble(draft, given));
  ASSERT_TRUE(s) << s.error().chain();
  EXPECT_FALSE(s->agreement);
  draft.kind = StatementKind::Void;
  EXPECT_TRUE(parse_statement(assemble(draft, given)));
}

}  // namespace
}  // namespace sekisho::trust
