// Proofs out of stored hashes. Works over any store that can give the hash of a complete subtree: memory, tiles.
//
// HashReader(level, index): hash over the 2^level leaves from index · 2^level; asked only for complete subtrees
// within the tree. Its errors are passed on. Wrong arguments: Code::ProofInvalid.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::trust {

using HashReader = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;

[[nodiscard]] Result<Digest> root_at(std::uint64_t size, const HashReader& reader);
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t size, std::uint64_t index,
                                                          const HashReader& reader);
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t m, std::uint64_t n,
                                                            const HashReader& reader);

// leaves must outlive the reader.
[[nodiscard]] HashReader memory_reader(const std::vector<Digest>& leaves);

}  // namespace sekisho::trust
