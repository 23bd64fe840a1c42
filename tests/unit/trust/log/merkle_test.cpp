#include "trust/log/merkle.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/encoding.hpp"

namespace sekisho::trust {
namespace {

std::vector<Digest> leaves_of(std::uint64_t size) {
  std::vector<Digest> out;
  for (std::uint64_t i = 0; i < size; ++i) out.push_back(leaf_hash(be64(i)));
  return out;
}

// The definition of RFC 6962 2.1, word for word.
Digest defined_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  return node_hash(defined_root(leaves.first(k)), defined_root(leaves.subspan(k)));
}

TEST(Merkle, KnownHashes) {
  EXPECT_EQ(to_base64(empty_root()), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(to_hex(leaf_hash({})), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(Merkle, RootAndFrontierFollowTheDefinition) {
  Frontier frontier;
  const std::vector<Digest> leaves = leaves_of(130);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const Digest root = defined_root(std::span(leaves).first(size));
    EXPECT_EQ(tree_root(std::span(leaves).first(size)), root) << size;
    EXPECT_EQ(frontier.root(), root) << size;
    EXPECT_EQ(frontier.size(), size);
    if (size < leaves.size()) frontier.append(leaves[size]);
  }
}

TEST(Merkle, FrontierSaysWhichNodesAreFinal) {
  const std::vector<Digest> leaves = leaves_of(37);
  const HashReader reader = memory_reader(leaves);
  Frontier frontier;
  std::size_t nodes = 0;
  for (const Digest& leaf : leaves) {
    frontier.append(leaf, [&](unsigned level, std::uint64_t index, const Digest& hash) {
      EXPECT_EQ(reader(level, index).value(), hash);
      ++nodes;
    });
  }
  EXPECT_EQ(nodes, 37U - 3U);  // n - popcount(n)
}

TEST(Merkle, FrontierIsStoredAndReadBack) {
  const bool ok = rc::check([] {
    Frontier frontier;
    const auto size = *rc::gen::inRange(0, 300);
    for (const Digest& leaf : leaves_of(static_cast<std::uint64_t>(size))) frontier.append(leaf);
    const Bytes stored = frontier.serialise();
    const Result<Frontier> read = Frontier::parse(stored);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == frontier);
    RC_ASSERT(!Frontier::parse(BytesView(stored).first(stored.size() - 1)).has_value());
    Bytes longer = stored;
    longer.push_back(0);
    RC_ASSERT(!Frontier::parse(longer).has_value());
  });
  ASSERT_TRUE(ok);
}

struct Case {
  std::uint64_t size, index;
  std::vector<Digest> leaves, path;
  Digest root;
};

Case any_inclusion() {
  Case c;
  c.size = static_cast<std::uint64_t>(*rc::gen::inRange(1, 400));
  c.index = *rc::gen::inRange<std::uint64_t>(0, c.size);
  c.leaves = leaves_of(c.size);
  c.path = inclusion_path(c.leaves, c.index);
  c.root = tree_root(c.leaves);
  return c;
}

bool included(const Case& c) {
  return verify_inclusion(c.index, c.size, c.leaves[c.index], c.path, c.root).has_value();
}

TEST(Merkle, InclusionOfAnyLeafVerifies) {
  const bool ok = rc::check([] {
    const Case c = any_inclusion();
    RC_ASSERT(c.path.size() == inclusion_path_length(c.index, c.size));
    RC_ASSERT(included(c));
  });
  ASSERT_TRUE(ok);
}

TEST(Merkle, AlteredInclusionRefuses) {
  const bool ok = rc::check([] {
    Case c = any_inclusion();
    const auto octet = *rc::gen::inRange<std::size_t>(0, 32);
    const auto flip = static_cast<std::uint8_t>(*rc::gen::inRange(1, 256));
    const auto what = *rc::gen::inRange<std::size_t>(0, c.path.size() + 4);
    if (what < c.path.size()) {
      c.path[what][octet] ^= flip;
    } else if (what == c.path.size()) {
      c.root[octet] ^= flip;
    } else if (what == c.path.size() + 1) {
      c.leaves[c.index][octet] ^= flip;
    } else if (what == c.path.size() + 2) {
      c.path.push_back(c.root);
    } else if (!c.path.empty()) {
      c.path.pop_back();
    } else {
      c.root[octet] ^= flip;
    }
    RC_ASSERT(!included(c));
  });
  ASSERT_TRUE(ok);
}

TEST(Merkle, AnotherIndexRefuses) {
  const bool ok = rc::check([] {
    const Case c = any_inclusion();
    const auto other = *rc::gen::inRange<std::uint64_t>(0, c.size + 5);
    RC_PRE(other != c.index);
    RC_ASSERT(!verify_inclusion(other, c.size, c.leaves[c.index], c.path, c.root).has_value());
  });
  ASSERT_TRUE(ok);
}

// A bare path does not fix the size (audit report 1.3 no. 2), which is why sizes are always signed here.
TEST(Merkle, SizeMustComeFromTheCheckpoint) {
  const std::vector<Digest> leaves = leaves_of(8);
  const std::vector<Digest> path = inclusion_path(leaves, 5);
  EXPECT_TRUE(verify_inclusion(5, 7, leaves[5], path, tree_root(leaves)).has_value());
  EXPECT_FALSE(verify_inclusion(5, 7, leaves[5], path, tree_root(std::span(leaves).first(7))).has_value());
  EXPECT_FALSE(verify_inclusion(5, 5, leaves[5], path, tree_root(leaves)).has_value());
}

TEST(Merkle, PathLengthsAtTheEdges) {
  EXPECT_EQ(inclusion_path_length(0, 1), 0U);
  EXPECT_EQ(inclusion_path_length(0, 2), 1U);
  EXPECT_EQ(inclusion_path_length(4, 5), 1U);
  EXPECT_EQ(inclusion_path_length(~0ULL - 1, ~0ULL), 63U);
  EXPECT_EQ(inclusion_path_length(0, ~0ULL), 64U);
  EXPECT_FALSE(verify_inclusion(0, 0, empty_root(), {}, empty_root()).has_value());
}

}  // namespace
}  // namespace sekisho::trust
