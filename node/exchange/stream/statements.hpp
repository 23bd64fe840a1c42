// What a stream says of itself in the log, and the end that is written for one that a crash left open.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/exchange/parts.hpp"
#include "node/exchange/stream/sending.hpp"

namespace sekisho::node {

[[nodiscard]] std::vector<std::pair<Dimension, std::string>> stream_tokens(const Sending& s);
[[nodiscard]] Unit head_unit(const Sending& s, const SealedWindow& window);

// What is said of the end opens the exchange to its final receipt, unless that is here already.
struct StreamEnd {
  Digest agreement{};
  Digest open{};
  Uuid exchange;
  std::string reason;
  std::optional<trust::Commitment> said;  // by the last head
  bool receipted = false;
  std::vector<std::pair<Dimension, std::string>> tokens;
};
[[nodiscard]] Unit end_unit(const StreamEnd& end);

[[nodiscard]] Bytes envelope_of(CommittedEntry& entry);

}  // namespace sekisho::node
