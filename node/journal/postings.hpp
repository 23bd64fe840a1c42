// Postings: which entries carry a token. Immutable chunks, one per token and batch:
// key dimension ‖ token ‖ be64 first position, value the steps to the following positions as varints.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/journal/keys.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

class PostingBatch {
 public:
  void add(Dimension dimension, const TokenValue& value, Position at) {
    rows_.emplace_back(keys::posting_prefix(dimension, value), at);
  }
  void drain(std::vector<Mutation>& out);

 private:
  std::vector<std::pair<std::array<std::uint8_t, kPostingPrefix>, Position>> rows_;
};

// The positions of one chunk, ascending; Code::DatabaseDamaged for a row that cannot be right.
[[nodiscard]] Result<std::vector<Position>> parse_postings(BytesView key, BytesView value);

}  // namespace sekisho::node
