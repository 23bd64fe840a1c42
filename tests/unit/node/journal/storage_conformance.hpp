// The contract of the storage port as typed tests; every implementation runs them.
//
// Factory: `std::unique_ptr<Storage> open()` (empty), `void restart(std::unique_ptr<Storage>&)` (close and open what
// is durable; a no-op where nothing outlives the object).
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "node/journal/ports/storage.hpp"

namespace sekisho::node::testing {

inline Bytes key(std::string_view text) { return to_bytes(text); }
inline Mutation put(Family family, std::string_view k, std::string_view v) { return {family, key(k), key(v)}; }
inline Mutation erase(Family family, std::string_view k) { return {family, key(k), std::nullopt}; }

inline std::string read(const Storage& storage, Family family, std::string_view k) {
  Result<std::optional<Bytes>> value = storage.get(family, key(k));
  if (!value) return "error";
  return *value ? std::string(as_text(**value)) : "absent";
}

inline std::string keys_of(const Storage& storage, Family family, std::string_view from, std::string_view prefix,
                           std::size_t most = 100) {
  std::string out;
  Status scanned = storage.scan(family, key(from), key(prefix), [&](BytesView k, BytesView) {
    out += std::string(as_text(k)) + " ";
    return --most != 0;
  });
  return scanned ? out : "error";
}

template <class Factory>
class StorageConformance : public ::testing::Test {
 protected:
  Factory factory;
};

TYPED_TEST_SUITE_P(StorageConformance);

TYPED_TEST_P(StorageConformance, BatchIsAppliedInOrderAndLaterWins) {
  auto storage = this->factory.open();
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Offer, "a", "1"), put(Family::Offer, "a", "2"),
                                          put(Family::Offer, "b", "3"), erase(Family::Offer, "b")}));
  EXPECT_EQ(read(*storage, Family::Offer, "a"), "2");
  EXPECT_EQ(read(*storage, Family::Offer, "b"), "absent");
}

TYPED_TEST_P(StorageConformance, FamiliesDoNotMix) {
  auto storage = this->factory.open();
  for (std::size_t f = 0; f < kFamilies; ++f) {
    ASSERT_TRUE(storage->commit(std::vector{put(static_cast<Family>(f), "same", std::to_string(f))}));
  }
  for (std::size_t f = 0; f < kFamilies; ++f) {
    EXPECT_EQ(read(*storage, static_cast<Family>(f), "same"), std::to_string(f)) << family_name(static_cast<Family>(f));
  }
}

TYPED_TEST_P(StorageConformance, EmptyValueIsNotAbsent) {
  auto storage = this->factory.open();
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Quota, "k", "")}));
  EXPECT_EQ(read(*storage, Family::Quota, "k"), "");
}

TYPED_TEST_P(StorageConformance, ScanIsOrderedPrefixedAndStops) {
  auto storage = this->factory.open();
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Outbox, "b2", "x"), put(Family::Outbox, "a1", "x"),
                                          put(Family::Outbox, "b1", "x"), put(Family::Outbox, "c", "x"),
                                          put(Family::Outbox, std::string_view("b\xff", 2), "x")}));
  EXPECT_EQ(keys_of(*storage, Family::Outbox, "", ""), "a1 b1 b2 b\xff c ");
  EXPECT_EQ(keys_of(*storage, Family::Outbox, "", "b"), "b1 b2 b\xff ");
  EXPECT_EQ(keys_of(*storage, Family::Outbox, "b2", "b"), "b2 b\xff ");
  EXPECT_EQ(keys_of(*storage, Family::Outbox, "", "b", 1), "b1 ");
  EXPECT_EQ(keys_of(*storage, Family::Outbox, "d", "b"), "");
  EXPECT_EQ(keys_of(*storage, Family::Outbox, "a", "b"), "b1 b2 b\xff ");
}

TYPED_TEST_P(StorageConformance, PostingPrefixesAreScannedInOrder) {
  auto storage = this->factory.open();
  const std::string token(kPostingPrefix, 't');
  const std::string other(kPostingPrefix, 'u');
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Posting, token + "2", ""), put(Family::Posting, other + "1", ""),
                                          put(Family::Posting, token + "1", "")}));
  EXPECT_EQ(keys_of(*storage, Family::Posting, "", token), token + "1 " + token + "2 ");
  EXPECT_EQ(keys_of(*storage, Family::Posting, token + "2", token), token + "2 ");
  EXPECT_EQ(keys_of(*storage, Family::Posting, "", ""), token + "1 " + token + "2 " + other + "1 ");
}

TYPED_TEST_P(StorageConformance, CallbackMayReadAgain) {
  auto storage = this->factory.open();
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Client, "k", "v")}));
  std::string inner;
  ASSERT_TRUE(storage->scan(Family::Client, {}, {}, [&](BytesView, BytesView) {
    inner = read(*storage, Family::Client, "k");
    return true;
  }));
  EXPECT_EQ(inner, "v");
}

TYPED_TEST_P(StorageConformance, CommittedSurvivesReopen) {
  auto storage = this->factory.open();
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Entry, "k", "v")}));
  ASSERT_TRUE(storage->reopen());
  EXPECT_EQ(read(*storage, Family::Entry, "k"), "v");
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Entry, "l", "w")}));
  this->factory.restart(storage);
  EXPECT_EQ(read(*storage, Family::Entry, "l"), "w");
}

TYPED_TEST_P(StorageConformance, ReadersRunBesideTheWriter) {
  auto storage = this->factory.open();
  ASSERT_TRUE(storage->commit(std::vector{put(Family::Meta, "a", "0"), put(Family::Meta, "b", "0")}));
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!done) {
      std::vector<std::string> seen;
      Status scanned = storage->scan(Family::Meta, {}, {}, [&](BytesView k, BytesView v) {
        if (k.size() == 1) seen.emplace_back(as_text(v));
        return true;
      });
      if (!scanned || seen.size() != 2 || seen[0] != seen[1]) ++torn;
    }
  });
  for (int i = 1; i <= 200; ++i) {
    const std::string v = std::to_string(i);
    EXPECT_TRUE(storage->commit(std::vector{put(Family::Meta, "a", v), put(Family::Meta, "b", v)}));
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

REGISTER_TYPED_TEST_SUITE_P(StorageConformance, BatchIsAppliedInOrderAndLaterWins, FamiliesDoNotMix, EmptyValueIsNotAbsent,
                            ScanIsOrderedPrefixedAndStops, PostingPrefixesAreScannedInOrder, CallbackMayReadAgain,
                            CommittedSurvivesReopen, ReadersRunBesideTheWriter);

}  // namespace sekisho::node::testing
