#include "trust/evidence/commitment.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/crypto/digest.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

const Digest kSalt = sha256(as_bytes("salt"));

// The definition, word for word.
Digest defined(const Digest& salt, BytesView content) {
  std::vector<Digest> leaves;
  for (std::size_t at = 0; at < content.size(); at += 1U << 20) {
    leaves.push_back(leaf_hash(content.subspan(at, std::min<std::size_t>(1U << 20, content.size() - at))));
  }
  Bytes message = to_bytes(std::string_view("sekisho-commit-v1\0", 18));
  append(message, salt);
  append(message, be64(content.size()));
  append(message, be64(leaves.size()));
  append(message, tree_root(leaves));
  return sha256(message);
}

TEST(Commitment, FollowsItsDefinition) {
  for (const std::size_t size : {0U, 1U, 1000U, 1U << 20, (1U << 20) + 1, 5U << 20}) {
    const Bytes content(size, 'x');
    const Commitment c = commit(kSalt, content);
    EXPECT_EQ(c.value, defined(kSalt, content)) << size;
    EXPECT_EQ(c.bytes, size);
    EXPECT_EQ(c.chunks, (size + (1U << 20) - 1) >> 20) << size;
    EXPECT_TRUE(verify_commitment(kSalt, content, c.value));
  }
}

TEST(Commitment, AnotherSaltLengthOrOctetIsAnotherValue) {
  const bool ok = rc::check([] {
    const auto content = *rc::gen::arbitrary<Bytes>();
    const Digest value = commit(kSalt, content).value;
    Bytes longer = content;
    longer.push_back(0);
    RC_ASSERT(!verify_commitment(kSalt, longer, value));
    Digest salt = kSalt;
    salt[*rc::gen::inRange<std::size_t>(0, 32)] ^= 1;
    RC_ASSERT(!verify_commitment(salt, content, value));
    if (!content.empty()) {
      Bytes altered = content;
      altered[*rc::gen::inRange<std::size_t>(0, content.size())] ^= 1;
      RC_ASSERT(!verify_commitment(kSalt, altered, value));
    }
  });
  ASSERT_TRUE(ok);
}

TEST(Commitment, OfAStreamsPrefix) {
  ContentHasher hasher;
  EXPECT_EQ(hasher.finish(kSalt), commit(kSalt, {}));
  ASSERT_TRUE(hasher.add_chunk(to_bytes("one chunk")));
  EXPECT_EQ(hasher.finish(kSalt), commit(kSalt, to_bytes("one chunk")));
  ASSERT_TRUE(hasher.add_chunk(to_bytes("and another")));
  EXPECT_EQ(hasher.finish(kSalt).chunks, 2U);
  EXPECT_NE(hasher.finish(kSalt).value, commit(kSalt, to_bytes("one chunkand another")).value);
  EXPECT_FALSE(hasher.add_chunk({}));
  EXPECT_FALSE(hasher.add_chunk(Bytes((1U << 20) + 1)));
}

// Audit report 7.8 row 15: a disclosure for another field, a reused salt.
TEST(Commitment, FieldsAreBoundToTheirNames) {
  const Digest value = commit_field(kSalt, "ab", to_bytes("c"));
  EXPECT_NE(value, commit_field(kSalt, "a", to_bytes("bc")));
  EXPECT_NE(value, commit_field(kSalt, "abc", {}));
  EXPECT_NE(value, commit_field(sha256(as_bytes("other")), "ab", to_bytes("c")));
  Bytes message = to_bytes(std::string_view("sekisho-field-v1\0", 17));
  append(message, kSalt);
  append(message, Bytes{0, 2});
  append(message, "abc");
  EXPECT_EQ(value, sha256(message));
}

}  // namespace
}  // namespace sekisho::trust
