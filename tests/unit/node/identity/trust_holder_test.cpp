#include <gtest/gtest.h>

#include <set>

#include "node/identity/trust_holder.hpp"
#include "node/identity/trust_material.hpp"
#include "tests/support/test_zone.hpp"

namespace sekisho::node {
namespace {

const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};

struct Holder : ::testing::Test {
  test::TestZones zones = test::make_test_zones(kNow);
  ManualClock clock{kNow};
  TrustHolder holder{zones.jp.descriptor, clock};
};

TEST_F(Holder, KnowsNobodyBeforeTheFirstSnapshot) {
  EXPECT_EQ(holder.current(), nullptr);
  EXPECT_EQ(holder.identify(zones.trade.tls_chain, trust::Use::TlsClient).error().code, Code::SnapshotStale);
}

TEST_F(Holder, JudgesUnderTheCurrentSnapshot) {
  ASSERT_TRUE(holder.replace(zones.jp.snapshot));
  const auto identity = holder.judge(zones.trade.tls_chain, trust::Use::TlsClient);
  ASSERT_TRUE(identity) << identity.error().chain();
  EXPECT_EQ(peer_identity(*identity)->did, "did:web:trade.eu.example");
  EXPECT_FALSE(holder.judge(zones.stranger.tls_chain, trust::Use::TlsClient));
}

TEST_F(Holder, TheSequenceMustRise) {
  const Bytes first = zones.jp.snapshot;
  test::refresh(zones, kNow);
  ASSERT_TRUE(holder.replace(zones.jp.snapshot));
  const auto state = holder.current();
  EXPECT_TRUE(holder.replace(zones.jp.snapshot));  // the same again changes nothing
  EXPECT_EQ(holder.current(), state);
  EXPECT_EQ(holder.replace(first).error().code, Code::SnapshotRollback);
  EXPECT_EQ(holder.current(), state);
  TrustHolder restarted(zones.jp.descriptor, clock, SeenSnapshot{state->sequence(), state->digest()});
  EXPECT_EQ(restarted.replace(first).error().code, Code::SnapshotRollback);
  TrustHolder forked(zones.jp.descriptor, clock, SeenSnapshot{state->sequence(), Digest{1}});
  EXPECT_EQ(forked.replace(zones.jp.snapshot).error().code, Code::SnapshotRollback);
  EXPECT_TRUE(restarted.replace(zones.jp.snapshot));
}

TEST_F(Holder, AForeignOrAlteredSnapshotIsRefused) {
  EXPECT_FALSE(holder.replace(zones.eu.snapshot));
  Bytes altered = zones.jp.snapshot;
  altered[altered.size() / 2] ^= 1;
  EXPECT_FALSE(holder.replace(altered));
  EXPECT_EQ(holder.current(), nullptr);
}

TEST_F(Holder, TellsListenersAndArchivesBefore) {
  std::vector<std::string> calls;
  holder.set_archive([&](BytesView snapshot, const trust::TrustState& state) -> Status {
    EXPECT_EQ(holder.current(), nullptr);
    EXPECT_EQ(to_bytes(snapshot), zones.jp.snapshot);
    EXPECT_EQ(state.zone(), "jp");
    calls.emplace_back("archive");
    return {};
  });
  holder.on_change([&](const auto& before, const auto& now) {
    EXPECT_EQ(before, nullptr);
    EXPECT_EQ(holder.current(), now);
    calls.emplace_back("change");
  });
  ASSERT_TRUE(holder.replace(zones.jp.snapshot));
  EXPECT_EQ(calls, (std::vector<std::string>{"archive", "change"}));
}

TEST_F(Holder, WhatCannotBeArchivedDoesNotTakeEffect) {
  holder.set_archive([](BytesView, const trust::TrustState&) -> Status { return fail(Code::DiskFull, "full"); });
  EXPECT_EQ(holder.replace(zones.jp.snapshot).error().code, Code::DiskFull);
  EXPECT_EQ(holder.current(), nullptr);
}

TEST_F(Holder, MaterialHoldsTheWholeState) {
  ASSERT_TRUE(holder.replace(zones.jp.snapshot));
  const auto rows = trust_material(*holder.current());
  std::set<Bytes> keys;
  bool snapshot = false;
  for (const Mutation& row : rows) {
    EXPECT_EQ(row.family, Family::Material);
    ASSERT_TRUE(row.value);
    keys.insert(row.key);
    snapshot = snapshot || *row.value == zones.jp.snapshot;
  }
  EXPECT_TRUE(snapshot);
  EXPECT_GE(keys.size(), 10U);  // two zones: descriptors, roots, CAs, CRLs; the recognition and its cross-certificate
}

}  // namespace
}  // namespace sekisho::node
