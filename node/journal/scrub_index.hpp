// The part of scrub() that holds the indexes against the entries, in both directions and in constant memory.
#pragma once

#include "node/journal/keys.hpp"
#include "node/journal/scrub.hpp"
#include "schemas/log.pb.h"

namespace sekisho::node {

// A sum over (dimension, token, position): equal sums and counts mean equal sets (up to SHA-256).
class PostingSum {
 public:
  void add(BytesView prefix, Position at);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  bool operator==(const PostingSum&) const = default;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t mixed_ = 0;
};

// The index rows of one entry are there and do not point before it.
[[nodiscard]] Status check_entry_rows(const Storage& storage, const pb::Entry& entry, const Digest& statement,
                                      Position at);

// Every index row points to an entry that it describes; the postings are exactly `expected`.
[[nodiscard]] Status check_indexes(const Storage& storage, const PostingSum& expected, ScrubReport& report);

}  // namespace sekisho::node
