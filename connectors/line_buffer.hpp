// Octets as they come, handed over as whole lines within credits. What every NDJSON source shares.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "connectors/connector.hpp"

namespace sekisho::connectors {

class LineBuffer {
 public:
  void add(std::string_view octets) { pending_ += octets; }
  // Nothing comes after what was added; a last line without newline is completed, if it is a whole record.
  void finish();

  // Appends lines to `out` while the credits allow it; empty lines are skipped. False when a credit stopped it, true
  // when the buffer needs more. AnswerTooLarge (naming `source`) for a line over `bytes`, SourceFailed for invalid
  // UTF-8 and for a last line without newline that is not JSON: it was cut off. `out` stays within `records` and
  // `bytes` over all calls.
  [[nodiscard]] Result<bool> take(std::size_t records, std::size_t bytes, std::string_view source, Batch& out);

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] bool empty() const { return pending_.empty(); }
  // Octets that were added and not taken yet.
  [[nodiscard]] std::size_t pending() const { return pending_.size() - (completed_ && !pending_.empty() ? 1 : 0); }

 private:
  std::string pending_;
  bool finished_ = false;
  bool completed_ = false;  // the last newline is ours
};

}  // namespace sekisho::connectors
