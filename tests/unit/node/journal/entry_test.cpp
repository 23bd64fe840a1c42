#include "node/journal/entry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sekisho::node {
namespace {

pb::Entry detail(std::size_t size) {
  pb::Entry entry;
  entry.set_version(1);
  entry.set_kind(pb::START);
  entry.set_time_us(1);
  entry.set_detail(std::string(size, 'x'));
  return entry;
}

TEST(Entry, EverySizeIsPaddedToABlockAndReadsBack) {
  for (std::size_t size = 1; size < 600; ++size) {
    const Bytes bytes = encode_entry(detail(size));
    ASSERT_EQ(bytes.size() % kEntryBlock, 0U) << size;
    Result<pb::Entry> back = decode_entry(bytes);
    ASSERT_TRUE(back) << size << ": " << back.error().chain();
    EXPECT_EQ(back->detail().size(), size);
    EXPECT_EQ(encode_entry(*back), bytes) << size;
  }
}

TEST(Entry, OneValueHasOneSpelling) {
  const Bytes good = encode_entry(detail(40));
  ASSERT_TRUE(decode_entry(good));
  Bytes longer = good;
  longer.resize(longer.size() + 128);
  EXPECT_FALSE(decode_entry(longer));
  Bytes unpadded(good.begin(), good.begin() + 46);
  EXPECT_FALSE(decode_entry(unpadded));
  Bytes filled = good;
  filled.back() = 1;  // the pad is zeros
  EXPECT_FALSE(decode_entry(filled));
  Bytes unknown = good;
  unknown[good.size() - 20] = 0;
  append(unknown, "\x7a\x01z");
  EXPECT_FALSE(decode_entry(unknown));
}

TEST(Entry, EveryFlippedBitIsAnotherEntryOrRefused) {
  const Bytes good = encode_entry(detail(90));
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    Bytes bad = good;
    bad[i / 8] = static_cast<std::uint8_t>(bad[i / 8] ^ (1U << (i % 8)));
    Result<pb::Entry> read = decode_entry(bad);
    if (read) {
      EXPECT_EQ(encode_entry(*read), bad) << "bit " << i;
    }
  }
}

struct ShapeCase {
  const char* name;
  void (*spoil)(pb::Entry&);
};

TEST(Entry, WrongShapesAreRefused) {
  const ShapeCase cases[] = {
      {"version", [](pb::Entry& e) { e.set_version(2); }},
      {"kind", [](pb::Entry& e) { e.set_kind(static_cast<pb::EntryKind>(99)); }},
      {"no kind", [](pb::Entry& e) { e.set_kind(pb::ENTRY_KIND_UNSPECIFIED); }},
      {"exchange", [](pb::Entry& e) { e.set_exchange("short"); }},
      {"agreement", [](pb::Entry& e) { e.set_agreement("short"); }},
      {"both", [](pb::Entry& e) { e.set_payload("p"); e.mutable_seal(); }},
      {"neither", [](pb::Entry& e) { e.clear_detail(); }},
      {"seal alone", [](pb::Entry& e) { e.mutable_seal()->set_size(1); }},
      {"token", [](pb::Entry& e) { e.add_tokens()->set_value("x"); }},
      {"many tokens", [](pb::Entry& e) {
         for (int i = 0; i <= kMaxTokens; ++i) {
           e.add_tokens()->set_value(std::string(16, 'v'));
           e.mutable_tokens(i)->set_dimension(1);
         }
       }},
  };
  for (const ShapeCase& c : cases) {
    pb::Entry entry = detail(10);
    c.spoil(entry);
    EXPECT_FALSE(decode_entry(encode_entry(entry))) << c.name;
  }
  EXPECT_EQ(decode_entry(Bytes(kMaxEntryBytes + 128)).error().code, Code::LimitExceeded);
}

TEST(Entry, ArbitraryBytesNeverReadTwoWays) {
  ASSERT_TRUE(rc::check([](const std::vector<std::uint8_t>& bytes) {
    Result<pb::Entry> read = decode_entry(bytes);
    if (read) RC_ASSERT(encode_entry(*read) == bytes);
  }));
}

}  // namespace
}  // namespace sekisho::node
