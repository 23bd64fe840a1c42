// The RFC 6962 section 2.1 tree with SHA-256 (identical to RFC 9162 and C2SP tlog-tiles): hashing and verification.
//
// Leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right), empty tree = SHA-256("").
// Indexes and sizes count leaves. Verifiers check the exact path length before they hash anything.
// Errors: Code::ProofInvalid. All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/log/frontier.hpp"
#include "trust/log/proof_builder.hpp"
#include "trust/log/tree_hash.hpp"

namespace sekisho::trust {

[[nodiscard]] Digest tree_root(std::span<const Digest> leaves);

// Of the leaf at index; empty for a tree of one leaf. index < leaves.size().
[[nodiscard]] std::vector<Digest> inclusion_path(std::span<const Digest> leaves, std::uint64_t index);

// The only path length that (index, size) can have; index < size.
[[nodiscard]] std::size_t inclusion_path_length(std::uint64_t index, std::uint64_t size);

// The root that leaf and path lead to, for formats that sign the root.
[[nodiscard]] Result<Digest> root_from_path(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                                            std::span<const Digest> path);

[[nodiscard]] Status verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                                      std::span<const Digest> path, const Digest& root);

// The tree of size n extends the tree of size m. m = n needs an empty proof and equal roots; m = 0 < n proves nothing
// and is refused, as RFC 9162 has it.
[[nodiscard]] Status verify_consistency(std::uint64_t m, std::uint64_t n, const Digest& root_m, const Digest& root_n,
                                        std::span<const Digest> proof);

// Subtrees [start, end) as C2SP tlog-cosignature v1.1 and draft-ietf-plants-merkle-tree-certs have them:
// start is a multiple of the smallest power of two that is not below end - start. An empty subtree is in every tree.
[[nodiscard]] bool valid_subtree(std::uint64_t start, std::uint64_t end);
[[nodiscard]] Status verify_subtree_inclusion(std::uint64_t index, std::uint64_t start, std::uint64_t end,
                                              const Digest& leaf, std::span<const Digest> path, const Digest& root);
[[nodiscard]] Status verify_subtree_consistency(std::uint64_t start, std::uint64_t end, std::uint64_t size,
                                                const Digest& subtree_root, const Digest& root,
                                                std::span<const Digest> proof);

}  // namespace sekisho::trust
