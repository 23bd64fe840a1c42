#include "trust/evidence/seal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/trust/evidence/drafts.hpp"
#include "trust/evidence/seal_cache.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

KeySigner key_of(std::uint8_t seed) { return KeySigner(Ed25519PrivateKey::from_seed(Bytes(32, seed)).value()); }

struct Batch {
  KeySigner key = key_of(1);
  std::vector<std::string> payloads;
  std::vector<Digest> ids;
  std::vector<Seal> seals;

  explicit Batch(std::size_t size) {
    std::vector<SealInput> inputs;
    payloads.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      Assigned given = testing::assigned();
      given.index = i;
      payloads.push_back(assemble(testing::draft_of(StatementKind::Intent), given));
      ids.push_back(statement_id(payloads.back()));
      inputs.push_back({ids.back(), payloads.back()});
    }
    seals = seal_batch(inputs, key).value();
  }
  [[nodiscard]] bool verifies(std::size_t i, const Seal& seal) const {
    return verify_seal(payloads[i], seal, key.public_key()).has_value();
  }
};

TEST(Seal, OneStatementIsPlainDsse) {
  const Batch batch(1);
  EXPECT_EQ(batch.seals[0].size, 1U);
  EXPECT_TRUE(batch.seals[0].path.empty());
  EXPECT_TRUE(verify(batch.key.public_key(), pae(batch.payloads[0]), batch.seals[0].signature));
  EXPECT_TRUE(batch.verifies(0, batch.seals[0]));
}

TEST(Seal, BatchMessageIsExactlyAsSpecified) {
  const Batch batch(3);
  std::vector<Digest> leaves;
  for (const Digest& id : batch.ids) leaves.push_back(leaf_hash(id));
  Bytes message = to_bytes(std::string_view("sekisho-batch-v1\0", 17));
  append(message, be64(3));
  append(message, tree_root(leaves));
  EXPECT_TRUE(verify(batch.key.public_key(), message, batch.seals[0].signature));
}

TEST(Seal, EveryStatementOfEverySizeVerifies) {
  for (const std::size_t size : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 31U, 256U, 1000U, 1024U}) {
    const Batch batch(size);
    for (std::size_t i = 0; i < size; i += (size > 64 ? 37 : 1)) {
      EXPECT_TRUE(batch.verifies(i, batch.seals[i])) << size << "/" << i;
      EXPECT_EQ(seal_path(batch.ids, static_cast<std::uint32_t>(i)), batch.seals[i].path) << size << "/" << i;
    }
  }
}

TEST(Seal, BatchesAreBounded) {
  KeySigner key = key_of(1);
  EXPECT_FALSE(seal_batch({}, key));
  EXPECT_FALSE(seal_batch(std::vector<SealInput>(1025), key));
}

TEST(Seal, AnyAlterationRefuses) {
  const Batch batch(21);
  const bool ok = rc::check([&] {
    const auto i = *rc::gen::inRange<std::size_t>(0, 21);
    Seal seal = batch.seals[i];
    switch (*rc::gen::inRange(0, 6)) {
      case 0: seal.index = (seal.index + 1) % seal.size; break;
      case 1: seal.size += 1; break;
      case 2: seal.path[*rc::gen::inRange<std::size_t>(0, seal.path.size())][3] ^= 1; break;
      case 3: seal.path.pop_back(); break;
      case 4: seal.path.push_back(seal.path[0]); break;
      default: seal.signature[*rc::gen::inRange<std::size_t>(0, 64)] ^= 1; break;
    }
    RC_ASSERT(!batch.verifies(i, seal));
  });
  ASSERT_TRUE(ok);
}

// Audit report 7.8 rows 11 and 12.
TEST(Seal, SwappedStatementsAndKeysRefuse) {
  const Batch batch(4);
  EXPECT_FALSE(batch.verifies(0, batch.seals[1]));
  KeySigner other = key_of(2);
  EXPECT_FALSE(verify_seal(batch.payloads[0], batch.seals[0], other.public_key()));
  Ed25519PublicKey small_order;
  small_order.octets[0] = 1;
  EXPECT_FALSE(verify_seal(batch.payloads[0], batch.seals[0], small_order));
  EXPECT_FALSE(verify_seal(batch.payloads[0] + " ", batch.seals[0], batch.key.public_key()));
}

// A signature over a PAE is never one over a batch, and the reverse.
TEST(Seal, DomainsAreApart) {
  const Batch one(1), many(2);
  Seal as_batch = one.seals[0];
  as_batch.size = 2;
  as_batch.path = {leaf_hash({})};
  EXPECT_FALSE(one.verifies(0, as_batch));
  Seal as_single = many.seals[0];
  as_single.size = 1;
  as_single.path.clear();
  EXPECT_FALSE(many.verifies(0, as_single));
}

TEST(SealCache, RemembersTheSignatureNotTheStatement) {
  const Batch batch(8);
  SealCache cache(4);
  const Ed25519PublicKey key = batch.key.public_key();
  EXPECT_TRUE(cache.verify(batch.payloads[0], batch.seals[0], key));
  EXPECT_EQ(cache.hits(), 0U);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_TRUE(cache.verify(batch.payloads[i], batch.seals[i], key));
  EXPECT_EQ(cache.hits(), 8U);
  EXPECT_EQ(cache.size(), 1U);
  // The path of a cached batch is still checked.
  Seal wrong = batch.seals[2];
  wrong.path[0][0] ^= 1;
  EXPECT_FALSE(cache.verify(batch.payloads[2], wrong, key));
  EXPECT_FALSE(cache.verify(batch.payloads[3], batch.seals[2], key));
  KeySigner other = key_of(9);
  EXPECT_FALSE(cache.verify(batch.payloads[2], batch.seals[2], other.public_key()));
  EXPECT_EQ(cache.size(), 1U);  // failures are not kept
}

TEST(SealCache, IsBoundedAndForgetsTheOldest) {
  SealCache cache(2);
  const Batch a(1), b(2), c(3);
  const Ed25519PublicKey key = a.key.public_key();
  EXPECT_TRUE(cache.verify(a.payloads[0], a.seals[0], key));
  EXPECT_TRUE(cache.verify(b.payloads[0], b.seals[0], key));
  EXPECT_TRUE(cache.verify(a.payloads[0], a.seals[0], key));
  EXPECT_TRUE(cache.verify(c.payloads[0], c.seals[0], key));  // b goes
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.hits(), 1U);
  EXPECT_TRUE(cache.verify(a.payloads[0], a.seals[0], key));
  EXPECT_EQ(cache.hits(), 2U);
  EXPECT_TRUE(cache.verify(b.payloads[0], b.seals[0], key));
  EXPECT_EQ(cache.hits(), 2U);
}

}  // namespace
}  // namespace sekisho::trust
