#include "node/audit/query.hpp"

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "tests/unit/node/audit/audit_kit.hpp"
#include "trust/log/proof.hpp"

namespace sekisho::node::testing {
namespace {

class AuditQueryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    kit_.add_terms();
    for (std::uint64_t n = 1; n <= 3; ++n) releases_.push_back(kit_.add_release(n));
    kit_.add_receipt(1, releases_[0]);
    kit_.add_receipt(2, releases_[1]);
    EntryDraft other = intent(50);
    other.tokens = {{Dimension::Dataset, "other"}, {Dimension::ZonePair, zone_pair("jp", "us")}};
    kit_.commit(std::move(other));
    at_ = kit_.publish();
  }
  AuditQuery query(AuditFilter filter) { return {kit_.journal->reader(), *kit_.storage, at_, std::move(filter)}; }
  std::vector<std::uint64_t> indexes(AuditFilter filter) {
    std::vector<std::uint64_t> out;
    AuditQuery q = query(std::move(filter));
    for (;;) {
      Result<std::optional<AuditMatch>> match = q.next();
      EXPECT_TRUE(match) << match.error().chain();
      if (!match || !*match) break;
      out.push_back((*match)->index);
    }
    return out;
  }

  AuditKit kit_;
  std::vector<Digest> releases_;
  std::shared_ptr<const Published> at_;
};

using Indexes = std::vector<std::uint64_t>;

TEST_F(AuditQueryTest, AnIdThatASecondPeerUsesHidesNothing) {
  EntryDraft other = own(trust::StatementKind::Refusal, 2,
                         {{"recipient", JsonObject{{"did", "did:web:other.eu.example"}, {"zone", "eu"}}},
                          {"exchange", to_text(exchange_id(2))},
                          {"code", "QUOTA"}});
  other.tokens = {{Dimension::Counterparty, "did:web:other.eu.example"}};
  EntryDraft again = own(trust::StatementKind::Release, 2,
                         {{"terms", to_hex(kit_.terms)},
                          {"exchange", to_text(exchange_id(2))},
                          {"request", to_hex(Digest{3})},
                          {"decision", to_hex(Digest{4})},
                          {"media", "application/x-ndjson"}},
                         {{to_text(exchange_id(2)), Digest{6}}});
  again.tokens = {{Dimension::Counterparty, "did:web:other.eu.example"}};
  kit_.commit(std::move(other));
  kit_.commit(std::move(again));
  at_ = kit_.publish();
  AuditFilter filter;
  filter.exchange = exchange_id(2);
  EXPECT_EQ(indexes(filter), (Indexes{4, 7, 9, 10}));
}

TEST_F(AuditQueryTest, FiltersByEachDimension) {
  // 0 GENESIS, 1 START, 2 TERMS, 3–5 releases, 6–7 receipts, 8 intent of another dataset
  const auto with = [](auto set) {
    AuditFilter f;
    set(f);
    return f;
  };
  EXPECT_EQ(indexes({}).size(), 9U);
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.dataset = "cold-chain"; })), (Indexes{2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.dataset = "other"; })), (Indexes{8}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.dataset = "unknown"; })), Indexes{});
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.from_zone = "jp", f.to_zone = "us"; })), (Indexes{8}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.agreement = to_hex(kAgreement); })), (Indexes{2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.transfer = "urn:transfer:1"; })), (Indexes{2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.counterparty = "did:web:trade.eu.example"; })).size(), 6U);
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.kind = pb::NRO_OUT; })), (Indexes{3, 4, 5}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.kind = pb::NRR_IN, f.dataset = "cold-chain"; })), (Indexes{6, 7}));
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.kind = pb::NRR_IN, f.dataset = "other"; })), Indexes{});
  EXPECT_EQ(indexes(with([](AuditFilter& f) { f.exchange = exchange_id(2); })), (Indexes{4, 7}));
}

TEST_F(AuditQueryTest, FiltersByTime) {
  const auto time = [&](std::uint64_t index) {
    return Instant(std::chrono::microseconds(kit_.journal->reader().entry(index)->entry.time_us()));
  };
  AuditFilter f;
  f.since = time(3);
  f.until = time(6);
  EXPECT_EQ(indexes(f), (Indexes{3, 4, 5}));
  f.dataset = "cold-chain";
  EXPECT_EQ(indexes(f), (Indexes{3, 4, 5}));
  f.since = time(8) + std::chrono::hours(1);
  f.until.reset();
  EXPECT_EQ(indexes(f), Indexes{});
}

TEST_F(AuditQueryTest, EveryMatchIsProvenAtThePublishedCheckpoint) {
  AuditQuery q = query({});
  const trust::VerifierKey key{at_->origin, trust::NoteKeyType::Ed25519, kit_.log->public_key()};
  std::uint64_t seen = 0;
  for (;;) {
    const std::optional<AuditMatch> match = q.next().value();
    if (!match) break;
    ++seen;
    const trust::LogProof proof = trust::parse_proof(match->proof).value();
    EXPECT_EQ(proof.checkpoint, at_->note);
    EXPECT_TRUE(trust::verify_proof(proof, match->entry.bytes, key));
    EXPECT_EQ(match->envelope.has_value(), match->statement != Digest{});
    const JsonObject line = to_json(*match);
    EXPECT_TRUE(line.contains("says"));
    EXPECT_EQ(line.contains("envelope"), match->envelope.has_value());
  }
  EXPECT_EQ(seen, q.matches());
  EXPECT_NE(q.answer_digest(), Digest{});
}

TEST_F(AuditQueryTest, EntriesBeyondTheCheckpointAreNotAnswered) {
  kit_.add_release(4);
  EXPECT_EQ(indexes({}).size(), 9U);
  at_ = kit_.publish();
  EXPECT_EQ(indexes({}).size(), 10U);
}

TEST_F(AuditQueryTest, WorthIsCountedNotClaimed) {
  AuditQuery q = query({});
  while (q.next().value()) {
  }
  const JsonObject worth = q.worth();
  EXPECT_EQ(worth.at("releases").to_number<int>(), 3);
  EXPECT_EQ(worth.at("signedByBoth").to_number<int>(), 2);
  const std::string sentence = get_string(worth, "sentence").value();
  EXPECT_NE(sentence.find("2 of 3 releases signed by both parties"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("not proven complete"), std::string::npos);
  EXPECT_NE(sentence.find("times are claimed by the nodes"), std::string::npos);
}

TEST_F(AuditQueryTest, PagesJoinWithoutGapOrRepetition) {
  for (int i = 0; i < 40; ++i) {
    Unit unit;
    for (std::uint64_t k = 0; k < 20; ++k)
      unit.entries.push_back(intent(1000 + 20U * static_cast<std::uint64_t>(i) + k));
    ASSERT_TRUE(kit_.journal->commit_blocking(std::move(unit)));
  }
  at_ = kit_.publish();
  AuditFilter f;
  f.kind = pb::INTENT;
  const Indexes found = indexes(f);
  ASSERT_EQ(found.size(), 801U);
  for (std::size_t i = 1; i < found.size(); ++i) EXPECT_EQ(found[i], found[i - 1] + 1) << i;
  EXPECT_EQ(indexes({}).size(), at_->size);
}

TEST_F(AuditQueryTest, TheQueryItselfIsAnEntryThatDoesNotRepeatTheFilter) {
  AuditFilter f;
  f.counterparty = "did:web:trade.eu.example";
  EntryDraft entry = access_entry("auditor-1", f, *at_, 3, Digest{1});
  const std::string detail = std::get<std::string>(entry.content);
  EXPECT_EQ(detail.find("trade.eu"), std::string::npos);
  Result<Committed> done = kit_.journal->commit_blocking(one(std::move(entry)));
  ASSERT_TRUE(done) << done.error().chain();
}

TEST_F(AuditQueryTest, EarlierLogsAreSearchedAtTheirLastCheckpoint) {
  kit_.publisher.reset();
  kit_.journal.reset();
  kit_.journal = Journal::open_successor(kit_.options(), kit_.storage, {"restored"}).value();
  kit_.publisher = Publisher::start(*kit_.journal, {kit_.log, "", std::chrono::hours(1), 1'000'000}).value();
  kit_.add_release(9);
  at_ = kit_.publish();
  AuditFilter f;
  f.kind = pb::NRO_OUT;
  AuditQuery q = query(f);
  std::vector<std::string> origins;
  for (;;) {
    const std::optional<AuditMatch> match = q.next().value();
    if (!match) break;
    origins.push_back(match->origin);
    const trust::VerifierKey key{match->origin, trust::NoteKeyType::Ed25519, kit_.log->public_key()};
    EXPECT_TRUE(trust::verify_proof(trust::parse_proof(match->proof).value(), match->entry.bytes, key));
  }
  const std::string old = "farm.jp.example/sekisho/2026h2";
  EXPECT_EQ(origins, (std::vector<std::string>{old, old, old, old + ".1"}));
}

struct FilterCase {
  const char* name;
  const char* text;
  const char* pointer;  // null: accepted
};

TEST(AuditFilter, IsStrict) {
  const FilterCase cases[] = {
      {"empty", "{}", nullptr},
      {"all", R"({"from":"jp","to":"eu","agreement":"00000000000000000000000000000000000000000000000000000000000000aa",
               "purpose":"p","dataset":"d","counterparty":"did:web:x","transfer":"t","since":"2026-01-01T00:00:00Z",
               "until":"2026-02-01T00:00:00Z","kind":"NRO_OUT","exchange":"01920000-0000-7000-8000-000000000000"})",
       nullptr},
      {"unknown", R"({"zone":"jp"})", ""},
      {"half a pair", R"({"from":"jp"})", "/to"},
      {"other half", R"({"to":"jp"})", "/from"},
      {"agreement", R"({"agreement":"xyz"})", "/agreement"},
      {"time", R"({"since":"yesterday"})", "/since"},
      {"reversed", R"({"since":"2026-02-01T00:00:00Z","until":"2026-01-01T00:00:00Z"})", "/until"},
      {"kind", R"({"kind":"nro_out"})", "/kind"},
      {"no kind", R"({"kind":"ENTRY_KIND_UNSPECIFIED"})", "/kind"},
      {"exchange", R"({"exchange":"1"})", "/exchange"},
      {"number", R"({"dataset":7})", ""},
      {"empty text", R"({"dataset":""})", "/dataset"},
      {"array", "[]", ""},
  };
  for (const FilterCase& c : cases) {
    Result<AuditFilter> filter = parse_audit_filter(parse_json(c.text).value());
    EXPECT_EQ(filter.has_value(), c.pointer == nullptr) << c.name;
    if (!filter) {
      EXPECT_EQ(filter.error().code, Code::JsonShape) << c.name;
      if (c.pointer != nullptr && *c.pointer != 0) {
        EXPECT_EQ(filter.error().help[0].second, c.pointer) << c.name;
      }
    } else {
      EXPECT_EQ(canonical_json(to_json(*filter)).value(),
                canonical_json(parse_json(c.text).value()).value().size() > 2
                    ? canonical_json(to_json(parse_audit_filter(to_json(*filter)).value())).value()
                    : "{}");
    }
  }
}

TEST(AuditFilter, KindNamesGoBothWays) {
  for (int kind = 1; kind <= pb::EntryKind_MAX; ++kind) {
    const auto k = static_cast<pb::EntryKind>(kind);
    EXPECT_EQ(kind_from_name(kind_name(k)).value(), k);
  }
}

}  // namespace
}  // namespace sekisho::node::testing
