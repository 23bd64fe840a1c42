// What an answer is worth, counted while it is given and said without flattery. Internal to the room.
#pragma once

#include <cstdint>
#include <vector>

#include "base/core/json.hpp"
#include "node/audit/publisher.hpp"
#include "node/journal/reader.hpp"

namespace sekisho::node {

struct Worth {
  std::uint64_t matches = 0;
  std::uint64_t releases = 0;     // exchanges that ended in a release
  std::uint64_t both_signed = 0;  // of these: release and receipt are both in this log
  std::vector<Published> checkpoints;

  [[nodiscard]] Status count(const LogReader& reader, const pb::Entry& entry);
};

// {"matches", "releases", "signedByBoth", "checkpoints": […], "sentence"}
[[nodiscard]] JsonObject to_json(const Worth& worth);

}  // namespace sekisho::node
