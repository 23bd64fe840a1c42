// The small parts: head, postings, tokens, origins, materials, counters.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "base/core/encoding.hpp"
#include "node/journal/counters.hpp"
#include "node/journal/head.hpp"
#include "node/journal/materials.hpp"
#include "node/journal/memory_storage.hpp"
#include "node/journal/origin.hpp"
#include "node/journal/postings.hpp"

namespace sekisho::node {
namespace {

Instant at(int year, unsigned month, unsigned day) {
  return Instant{std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)}};
}

TEST(Head, ReadsBackAndEveryFlippedBitIsFound) {
  StoredHead stored;
  for (std::uint8_t i = 0; i < 77; ++i) stored.frontier.append(Digest{i});
  stored.head = {2, 77, stored.frontier.root(), at(2026, 11, 24), 9};
  const Bytes bytes = serialise_head(stored);
  Result<StoredHead> back = parse_head(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->head.log, 2);
  EXPECT_EQ(back->head.time, stored.head.time);
  EXPECT_EQ(back->head.epoch, 9U);
  EXPECT_EQ(back->frontier, stored.frontier);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes bad = bytes;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(parse_head(bad)) << "bit " << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_head(BytesView(bytes).first(size))) << size;
  }
}

TEST(Origin, IsTheHalfYearOfTheHost) {
  struct Case {
    Instant when;
    const char* expected;
  };
  const Case cases[] = {{at(2026, 1, 1), "a.example/sekisho/2026h1"},
                        {at(2026, 6, 30), "a.example/sekisho/2026h1"},
                        {at(2026, 7, 1), "a.example/sekisho/2026h2"},
                        {at(2026, 12, 31), "a.example/sekisho/2026h2"},
                        {at(2027, 1, 1) - std::chrono::microseconds(1), "a.example/sekisho/2026h2"}};
  for (const Case& c : cases) EXPECT_EQ(log_origin("a.example", c.when), c.expected);
  EXPECT_EQ(successor_origin("a.example/sekisho/2026h2").value(), "a.example/sekisho/2026h2.1");
  EXPECT_EQ(successor_origin("a.example/sekisho/2026h2.9").value(), "a.example/sekisho/2026h2.10");
  EXPECT_EQ(origin_host("a.example/sekisho/2026h2.1").value(), "a.example");
  for (const char* bad : {"", "a.example", "a.example/other/2026h2", "a.example/sekisho/2026h3", "a/sekisho/2026h2.0"}) {
    EXPECT_FALSE(successor_origin(bad)) << bad;
  }
}

TEST(Tokens, AreBoundToTheirDimension) {
  // SHA-256("sekisho-token-v1" 0x00 0x01 "cold-chain"), first 16 octets: part of every leaf, never to change.
  EXPECT_EQ(to_hex(token(Dimension::Dataset, "cold-chain")), "c28be5defef2b70f21757876dd86032f");
  EXPECT_NE(token(Dimension::Dataset, "x"), token(Dimension::Purpose, "x"));
  EXPECT_EQ(zone_pair("jp", "eu"), "jp>eu");
}

TEST(Postings, ReadBackWhatWasAdded) {
  ASSERT_TRUE(rc::check([](const std::set<std::uint32_t>& positions) {
    RC_PRE(!positions.empty());
    PostingBatch batch;
    const TokenValue value = token(Dimension::Purpose, "p");
    for (const std::uint32_t p : positions) {
      batch.add(Dimension::Purpose, value, p);
      batch.add(Dimension::Purpose, value, p);  // twice in one entry is once in the index
    }
    std::vector<Mutation> rows;
    batch.drain(rows);
    RC_ASSERT(rows.size() == 1U);
    const std::vector<Position> back = parse_postings(rows[0].key, *rows[0].value).value();
    RC_ASSERT(back == std::vector<Position>(positions.begin(), positions.end()));
  }));
}

TEST(Postings, DamagedRowsAreRefused) {
  const Bytes key(kPostingPrefix + 8, 1);
  EXPECT_TRUE(parse_postings(key, {}));
  EXPECT_FALSE(parse_postings(Bytes(3), {}));
  EXPECT_FALSE(parse_postings(key, Bytes{0}));       // a step of nothing
  EXPECT_FALSE(parse_postings(key, Bytes{0x80}));    // cut off
  EXPECT_FALSE(parse_postings(key, Bytes(11, 0xff)));  // beyond 64 bits
}

TEST(Materials, AreKeptOnceByKindAndDigest) {
  MemoryStorage storage;
  const std::vector<Bytes> chain{to_bytes("leaf"), to_bytes("issuer")};
  ASSERT_TRUE(storage.commit(std::vector{archive_material(MaterialKind::Crl, as_bytes("crl")),
                                         archive_material(MaterialKind::Snapshot, as_bytes("crl")),
                                         archive_chain(chain)}));
  int crls = 0;
  ASSERT_TRUE(scan_material(storage, MaterialKind::Crl, [&](const Digest&, BytesView bytes) {
    EXPECT_EQ(as_text(bytes), "crl");
    return ++crls > 0;
  }));
  EXPECT_EQ(crls, 1);
  const Digest leaf = digest_from_hex("9f91161f43433e49a6de6db680d79f60159f2e4ac9172621a12846428158440b").value();
  ASSERT_TRUE(find_chain(storage, leaf).value());
  EXPECT_EQ(*find_chain(storage, leaf).value(), chain);
  EXPECT_FALSE(find_chain(storage, Digest{1}).value());
}

TEST(Materials, ChainsWithLyingLengthsAreRefused) {
  const Bytes good = join_chain(std::vector<Bytes>{to_bytes("ab"), to_bytes("c")});
  ASSERT_TRUE(split_chain(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size != 6) {
      EXPECT_FALSE(split_chain(BytesView(good).first(size))) << size;  // 6: a chain of one
    }
  }
  EXPECT_FALSE(split_chain(Bytes{0, 0, 0, 0}));
  EXPECT_FALSE(split_chain(join_chain(std::vector<Bytes>(9, to_bytes("x")))));
}

TEST(Counters, StagedIsSeenAtOnceAndForgottenWithTheBatch) {
  MemoryStorage storage;
  Counters counters(storage);
  const Digest agreement{1};
  EXPECT_FALSE(counters.last(agreement).value());
  counters.stage(agreement, {0, Digest{2}});
  EXPECT_EQ(counters.last(agreement).value()->counter, 0U);
  counters.forget();
  EXPECT_FALSE(counters.last(agreement).value());
  counters.stage(agreement, {0, Digest{2}});
  std::vector<Mutation> rows;
  counters.drain(rows);
  ASSERT_TRUE(storage.commit(rows));
  counters.settle();
  counters.forget();
  EXPECT_EQ(counters.last(agreement).value()->id, Digest{2});
}

}  // namespace
}  // namespace sekisho::node
