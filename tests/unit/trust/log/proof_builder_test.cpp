#include "trust/log/proof_builder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

std::vector<Digest> leaves_of(std::uint64_t size) {
  std::vector<Digest> out;
  for (std::uint64_t i = 0; i < size; ++i) out.push_back(leaf_hash(be64(i)));
  return out;
}

TEST(ProofBuilder, InclusionIsTheSameAsFromLeaves) {
  const std::vector<Digest> leaves = leaves_of(67);
  const HashReader reader = memory_reader(leaves);
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    const auto some = std::span(leaves).first(size);
    EXPECT_EQ(root_at(size, reader).value(), tree_root(some));
    for (std::uint64_t index = 0; index < size; ++index) {
      EXPECT_EQ(inclusion_proof(size, index, reader).value(), inclusion_path(some, index)) << size << "/" << index;
    }
  }
}

TEST(ProofBuilder, ConsistencyOfAllSmallTreesVerifies) {
  const std::vector<Digest> leaves = leaves_of(40);
  const HashReader reader = memory_reader(leaves);
  for (std::uint64_t n = 1; n <= leaves.size(); ++n) {
    for (std::uint64_t m = 1; m <= n; ++m) {
      const auto proof = consistency_proof(m, n, reader).value();
      EXPECT_TRUE(verify_consistency(m, n, root_at(m, reader).value(), root_at(n, reader).value(), proof))
          << m << " " << n;
    }
  }
}

TEST(ProofBuilder, AlteredConsistencyRefuses) {
  const bool ok = rc::check([] {
    const auto n = static_cast<std::uint64_t>(*rc::gen::inRange(2, 300));
    const auto m = *rc::gen::inRange<std::uint64_t>(1, n);
    const std::vector<Digest> leaves = leaves_of(n);
    const HashReader reader = memory_reader(leaves);
    auto proof = consistency_proof(m, n, reader).value();
    Digest root_m = root_at(m, reader).value();
    Digest root_n = root_at(n, reader).value();
    RC_ASSERT(verify_consistency(m, n, root_m, root_n, proof).has_value());
    const auto what = *rc::gen::inRange<std::size_t>(0, proof.size() + 4);
    const auto octet = *rc::gen::inRange<std::size_t>(0, 32);
    if (what < proof.size()) {
      proof[what][octet] ^= 1;
    } else if (what == proof.size()) {
      root_m[octet] ^= 1;
    } else if (what == proof.size() + 1) {
      root_n[octet] ^= 1;
    } else if (what == proof.size() + 2) {
      proof.pop_back();
    } else {
      proof.push_back(root_n);
    }
    RC_ASSERT(!verify_consistency(m, n, root_m, root_n, proof).has_value());
  });
  ASSERT_TRUE(ok);
}

TEST(ProofBuilder, RewrittenHistoryHasNoProof) {
  std::vector<Digest> leaves = leaves_of(20);
  const Digest before = tree_root(std::span(leaves).first(11));
  leaves[3][0] ^= 1;
  const HashReader reader = memory_reader(leaves);
  EXPECT_FALSE(
      verify_consistency(11, 20, before, root_at(20, reader).value(), consistency_proof(11, 20, reader).value()));
}

TEST(ProofBuilder, RefusesWhatIsOutside) {
  const std::vector<Digest> leaves = leaves_of(4);
  const HashReader reader = memory_reader(leaves);
  EXPECT_FALSE(inclusion_proof(4, 4, reader));
  EXPECT_FALSE(inclusion_proof(4, 5, reader));
  EXPECT_FALSE(consistency_proof(3, 2, reader));
  EXPECT_FALSE(reader(3, 0));
}

}  // namespace
}  // namespace sekisho::trust
