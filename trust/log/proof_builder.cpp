#include "trust/log/proof_builder.hpp"

#include <bit>

#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

// The largest power of two smaller than n; n > 1.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

// begin is a multiple of the subtree's width rounded up, as every node of the RFC 6962 recursion has it.
Result<Digest> hash_of(std::uint64_t begin, std::uint64_t end, const HashReader& reader) {
  const std::uint64_t width = end - begin;
  if (std::has_single_bit(width)) {
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    return reader(level, begin >> level);
  }
  const std::uint64_t middle = begin + split(width);
  const Result<Digest> left = hash_of(begin, middle, reader);
  if (!left) return left;
  const Result<Digest> right = hash_of(middle, end, reader);
  if (!right) return right;
  return node_hash(*left, *right);
}

Status push(std::vector<Digest>& out, std::uint64_t begin, std::uint64_t end, const HashReader& reader) {
  const Result<Digest> hash = hash_of(begin, end, reader);
  if (!hash) return fail(hash.error());
  out.push_back(*hash);
  return {};
}

Status walk_inclusion(std::uint64_t begin, std::uint64_t end, std::uint64_t index, const HashReader& reader,
                      std::vector<Digest>& out) {
  if (end - begin == 1) return {};
  const std::uint64_t middle = begin + split(end - begin);
  if (index < middle) {
    if (Status s = walk_inclusion(begin, middle, index, reader, out); !s) return s;
    return push(out, middle, end, reader);
  }
  if (Status s = walk_inclusion(middle, end, index, reader, out); !s) return s;
  return push(out, begin, middle, reader);
}

// RFC 6962 2.1.2 SUBPROOF; whole says that the verifier already knows the hash of [begin, begin + m).
Status walk_consistency(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool whole, const HashReader& reader,
                        std::vector<Digest>& out) {
  const std::uint64_t width = end - begin;
  if (m == width) {
    if (whole) return {};
    return push(out, begin, end, reader);
  }
  const std::uint64_t left = split(width);
  const std::uint64_t middle = begin + left;
  if (m <= left) {
    if (Status s = walk_consistency(m, begin, middle, whole, reader, out); !s) return s;
    return push(out, middle, end, reader);
  }
  if (Status s = walk_consistency(m - left, middle, end, false, reader, out); !s) return s;
  return push(out, begin, middle, reader);
}

}  // namespace

Result<Digest> root_at(std::uint64_t size, const HashReader& reader) {
  if (size == 0) return empty_root();
  return hash_of(0, size, reader);
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t size, std::uint64_t index, const HashReader& reader) {
  if (index >= size) return fail(Code::ProofInvalid, "no inclusion proof: the index is outside the tree");
  std::vector<Digest> out;
  if (Status s = walk_inclusion(0, size, index, reader, out); !s) return fail(s.error());
  return out;
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t m, std::uint64_t n, const HashReader& reader) {
  if (m > n) return fail(Code::ProofInvalid, "no consistency proof: the first tree is larger than the second");
  std::vector<Digest> out;
  if (m == 0 || m == n) return out;
  if (Status s = walk_consistency(m, 0, n, true, reader, out); !s) return fail(s.error());
  return out;
}

HashReader memory_reader(const std::vector<Digest>& leaves) {
  return [&leaves](unsigned level, std::uint64_t index) -> Result<Digest> {
    const std::uint64_t width = std::uint64_t{1} << level;
    if (index >= leaves.size() / width) return fail(Code::ProofInvalid, "no such complete subtree");
    return tree_root(
        std::span(leaves).subspan(static_cast<std::size_t>(index * width), static_cast<std::size_t>(width)));
  };
}

}  // namespace sekisho::trust
