// The chain of own statements under each agreement: counter and previous id (formats.md 2). Belongs to the writer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

struct LastStatement {
  std::uint64_t counter = 0;
  Digest id{};
};

class Counters {
 public:
  explicit Counters(const Storage& storage) : storage_(storage) {}

  // The newest statement under the agreement, staged ones included; nullopt when there is none.
  [[nodiscard]] Result<std::optional<LastStatement>> last(const Digest& agreement);
  // From the next commit on.
  void stage(const Digest& agreement, const LastStatement& last) { staged_[agreement] = last; }

  // The rows of what is staged.
  void drain(std::vector<Mutation>& out) const;
  // After the commit: staged is durable.
  void settle();
  // After a failed one: forgets everything read and staged.
  void forget();

 private:
  const Storage& storage_;
  std::map<Digest, LastStatement> staged_;
  std::map<Digest, LastStatement> known_;  // bounded; a cache of the rows
};

[[nodiscard]] Bytes serialise(const LastStatement& last);
[[nodiscard]] Result<LastStatement> parse_last_statement(BytesView row);

}  // namespace sekisho::node
