#include "trust/log/merkle.hpp"

#include <bit>

namespace sekisho::trust {
namespace {

// One level up; a last hash without a sibling is carried over, which is the RFC 6962 split seen from below.
std::vector<Digest> level_above(std::span<const Digest> level) {
  std::vector<Digest> above;
  above.reserve((level.size() + 1) / 2);
  for (std::size_t i = 0; i + 1 < level.size(); i += 2) above.push_back(node_hash(level[i], level[i + 1]));
  if (level.size() % 2 == 1) above.push_back(level.back());
  return above;
}

// Fits the verification of draft-ietf-plants-merkle-tree-certs 4.4.3: how far up the subtree's own nodes reach.
struct Walk {
  std::uint64_t first, last, tree_last;
  void up() {
    first >>= 1;
    last >>= 1;
    tree_last >>= 1;
  }
  [[nodiscard]] bool right_child() const { return (last & 1U) != 0; }
};

}  // namespace

Digest tree_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves[0];
  std::vector<Digest> level = level_above(leaves);
  while (level.size() > 1) level = level_above(level);
  return level[0];
}

std::vector<Digest> inclusion_path(std::span<const Digest> leaves, std::uint64_t index) {
  std::vector<Digest> path;
  std::vector<Digest> owned;
  std::span<const Digest> level = leaves;
  for (std::size_t i = static_cast<std::size_t>(index); level.size() > 1; i >>= 1) {
    if (const std::size_t sibling = i ^ 1U; sibling < level.size()) path.push_back(level[sibling]);
    owned = level_above(level);
    level = owned;
  }
  return path;
}

std::size_t inclusion_path_length(std::uint64_t index, std::uint64_t size) {
  const auto inner = static_cast<int>(std::bit_width(index ^ (size - 1)));
  const int border = inner >= 64 ? 0 : std::popcount(index >> inner);
  return static_cast<std::size_t>(inner + border);
}

Result<Digest> root_from_path(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                              std::span<const Digest> path) {
  if (index >= size) return fail(Code::ProofInvalid, "the leaf index is outside the tree");
  if (path.size() != inclusion_path_length(index, size)) {
    return fail(Code::ProofInvalid, "the inclusion path has not the length of its index and size");
  }
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Digest hash = leaf;
  for (const Digest& sibling : path) {
    if ((node & 1U) != 0 || node == last) {
      hash = node_hash(sibling, hash);
      while ((node & 1U) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return hash;
}

Status verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf, std::span<const Digest> path,
                        const Digest& root) {
  const Result<Digest> computed = root_from_path(index, size, leaf, path);
  if (!computed) return fail(computed.error());
  if (*computed != root) return fail(Code::ProofInvalid, "the inclusion path does not lead to the root");
  return {};
}

bool valid_subtree(std::uint64_t start, std::uint64_t end) {
  if (start > end) return false;
  const std::uint64_t width = end - start;
  if (width > (std::uint64_t{1} << 63)) return start == 0;
  return (start & (std::bit_ceil(width) - 1)) == 0;
}

Status verify_subtree_inclusion(std::uint64_t index, std::uint64_t start, std::uint64_t end, const Digest& leaf,
                                std::span<const Digest> path, const Digest& root) {
  if (!valid_subtree(start, end)) return fail(Code::ProofInvalid, "not a subtree");
  if (index < start) return fail(Code::ProofInvalid, "the leaf index is outside the subtree");
  return verify_inclusion(index - start, end - start, leaf, path, root);
}

Status verify_subtree_consistency(std::uint64_t start, std::uint64_t end, std::uint64_t size,
                                  const Digest& subtree_root, const Digest& root, std::span<const Digest> proof) {
  if (!valid_subtree(start, end) || end > size) return fail(Code::ProofInvalid, "not a subtree of the tree");
  if (start == end) {
    if (!proof.empty()) return fail(Code::ProofInvalid, "the consistency proof must be empty");
    if (subtree_root != empty_root()) return fail(Code::ProofInvalid, "the root of the empty tree is wrong");
    return {};
  }
  if (proof.size() > 2 * 64) return fail(Code::ProofInvalid, "the consistency proof is longer than any can be");
  Walk at{start, end - 1, size - 1};
  if (at.last == at.tree_last) {
    while (at.first != at.last) at.up();
  } else {
    while (at.first != at.last && at.right_child()) at.up();
  }
  Digest small = subtree_root;
  if (at.first != at.last) {
    if (proof.empty()) return fail(Code::ProofInvalid, "the consistency proof is too short");
    small = proof[0];
    proof = proof.subspan(1);
  }
  Digest large = small;
  for (const Digest& hash : proof) {
    if (at.tree_last == 0) return fail(Code::ProofInvalid, "the consistency proof is too long");
    if (at.right_child() || at.last == at.tree_last) {
      if (at.first < at.last) small = node_hash(hash, small);
      large = node_hash(hash, large);
      while (!at.right_child()) at.up();
    } else {
      large = node_hash(large, hash);
    }
    at.up();
  }
  if (at.tree_last != 0) return fail(Code::ProofInvalid, "the consistency proof is too short");
  if (small != subtree_root) return fail(Code::ProofInvalid, "the consistency proof does not lead to the smaller root");
  if (large != root) return fail(Code::ProofInvalid, "the consistency proof does not lead to the larger root");
  return {};
}

Status verify_consistency(std::uint64_t m, std::uint64_t n, const Digest& root_m, const Digest& root_n,
                          std::span<const Digest> proof) {
  if (m > n) return fail(Code::ProofInvalid, "a tree does not extend a larger one");
  if (m == n) {
    if (!proof.empty()) return fail(Code::ProofInvalid, "the consistency proof must be empty");
    if (root_m != root_n) return fail(Code::ProofInvalid, "two roots for one tree size");
    if (m == 0 && root_m != empty_root()) return fail(Code::ProofInvalid, "the root of the empty tree is wrong");
    return {};
  }
  if (m == 0) return fail(Code::ProofInvalid, "every tree extends the empty one: that proves nothing");
  return verify_subtree_consistency(0, m, n, root_m, root_n, proof);
}

}  // namespace sekisho::trust
