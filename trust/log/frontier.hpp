// The state of a growing tree: one hash for each set bit of its size (a compact range that starts at 0).
//
// append costs less than one node hash on average; 64 hashes suffice for any size. Not thread-safe; a value.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::trust {

class Frontier {
 public:
  // Called for each inner hash that becomes final: level ≥ 1, index within the level.
  using OnNode = std::function<void(unsigned level, std::uint64_t index, const Digest&)>;

  void append(const Digest& leaf) { append(leaf, nullptr); }
  void append(const Digest& leaf, const OnNode& on_node);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  [[nodiscard]] bool operator==(const Frontier&) const = default;

  // be64 size ‖ the hashes, largest subtree first. parse refuses any other length.
  [[nodiscard]] Bytes serialise() const;
  [[nodiscard]] static Result<Frontier> parse(BytesView bytes);

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

}  // namespace sekisho::trust
