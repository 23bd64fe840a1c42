#include "trust/log/frontier.hpp"

#include <bit>

#include "trust/log/tree_hash.hpp"

namespace sekisho::trust {

void Frontier::append(const Digest& leaf, const OnNode& on_node) {
  Digest hash = leaf;
  for (unsigned level = 0; ((size_ >> level) & 1U) != 0; ++level) {
    hash = node_hash(hashes_.back(), hash);
    hashes_.pop_back();
    if (on_node) on_node(level + 1, size_ >> (level + 1), hash);
  }
  hashes_.push_back(hash);
  ++size_;
}

Digest Frontier::root() const {
  if (hashes_.empty()) return empty_root();
  Digest root = hashes_.back();
  for (std::size_t i = hashes_.size() - 1; i > 0; --i) root = node_hash(hashes_[i - 1], root);
  return root;
}

Bytes Frontier::serialise() const {
  Bytes out;
  out.reserve(8 + hashes_.size() * 32);
  sekisho::append(out, be64(size_));
  for (const Digest& hash : hashes_) sekisho::append(out, hash);
  return out;
}

Result<Frontier> Frontier::parse(BytesView bytes) {
  if (bytes.size() < 8) return fail(Code::ProofInvalid, "a frontier is shorter than its size");
  Frontier frontier;
  frontier.size_ = read_be64(bytes);
  const auto count = static_cast<std::size_t>(std::popcount(frontier.size_));
  if (bytes.size() != 8 + count * 32)
    return fail(Code::ProofInvalid, "a frontier has not one hash for each set bit of its size");
  frontier.hashes_.resize(count);
  for (std::size_t i = 0; i < count; ++i) std::memcpy(frontier.hashes_[i].data(), bytes.data() + 8 + i * 32, 32);
  return frontier;
}

}  // namespace sekisho::trust
