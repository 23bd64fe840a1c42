#include "trust/evidence/misconduct.hpp"

#include <gtest/gtest.h>

#include "tests/unit/trust/evidence/drafts.hpp"

namespace sekisho::trust {
namespace {

Statement made(StatementKind kind, std::uint64_t index, std::uint64_t counter,
               const char* exchange = testing::kExchange) {
  Draft draft = testing::draft_of(kind);
  if (draft.members.contains("exchange")) draft.members["exchange"] = exchange;
  Assigned given = testing::assigned();
  given.index = index;
  given.counter = counter;
  return parse_statement(assemble(draft, given)).value();
}

std::vector<Misconduct> judge(const std::vector<Statement>& statements) {
  std::vector<Sworn> sworn;
  for (const Statement& s : statements) sworn.push_back({&s, "did:web:trade.eu.example"});
  return find_misconduct(sworn);
}

constexpr const char* kOther = "01931f3a-7c00-7000-8000-ffffffffffff";

TEST(Misconduct, HonestStatementsAreNone) {
  EXPECT_TRUE(judge({made(StatementKind::Release, 1, 1), made(StatementKind::Release, 2, 2, kOther),
                     made(StatementKind::Terms, 3, 3), made(StatementKind::Intent, 4, 4)})
                  .empty());
  const Statement same = made(StatementKind::Release, 1, 1);
  EXPECT_TRUE(judge({same, same}).empty());
}

TEST(Misconduct, TwoStatementsAtOneIndex) {
  const auto found = judge({made(StatementKind::Terms, 1, 1), made(StatementKind::Intent, 1, 2)});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, MisconductKind::SameIndex);
  EXPECT_EQ(found[0].issuer, "did:web:farm.jp.example");
}

TEST(Misconduct, TwoStatementsWithOneCounter) {
  const auto found = judge({made(StatementKind::Terms, 1, 7), made(StatementKind::Intent, 2, 7)});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, MisconductKind::SameCounter);
}

TEST(Misconduct, ReleaseAndVoidOfOneExchange) {
  for (const auto& [first, second] : {std::pair(StatementKind::Release, StatementKind::Void),
                                      std::pair(StatementKind::Release, StatementKind::Refusal),
                                      std::pair(StatementKind::Void, StatementKind::Refusal),
                                      std::pair(StatementKind::Release, StatementKind::Release)}) {
    const auto found = judge({made(first, 1, 1), made(second, 2, 2)});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind, MisconductKind::TwoOutcomes);
  }
}

TEST(Misconduct, AnotherRecipientIsAnotherExchange) {
  const Statement release = made(StatementKind::Release, 1, 1), refusal = made(StatementKind::Refusal, 2, 2);
  const Sworn sworn[] = {{&release, "did:web:a.example"}, {&refusal, "did:web:b.example"}};
  EXPECT_TRUE(find_misconduct(sworn).empty());
  const Sworn unknown[] = {{&release, ""}, {&refusal, "did:web:b.example"}};
  EXPECT_TRUE(find_misconduct(unknown).empty());
}

}  // namespace
}  // namespace sekisho::trust
