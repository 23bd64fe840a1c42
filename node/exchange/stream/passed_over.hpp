// Records of live sources that ended a stream because the policy does not let them leave, while others came with them in
// the same batch. A source that keeps the position itself gives that batch again; then such a record is passed over
// once, or it would stay first for ever and end every stream. In memory alone: after a restart it ends one more.
// Bounded, thread-safe.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/bytes.hpp"

namespace sekisho::node {

class PassedOver {
 public:
  // reader: whose position it is. record: its line.
  void remember(const std::string& reader, std::string_view record);
  // Whether it is to be passed over now; it is forgotten with that.
  [[nodiscard]] bool take(const std::string& reader, std::string_view record);

  static constexpr std::size_t kMost = 1024;

 private:
  std::mutex mutex_;
  std::deque<std::pair<std::string, Digest>> known_;  // the oldest first
};

}  // namespace sekisho::node
