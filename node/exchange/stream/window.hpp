// How a stream is cut into release windows and how far it may run ahead of its receipts (formats.md 5), sans I/O.
//
// A window ends at 1 MiB, one second after its first octet, or with the source. A stream stops when what left since the
// last receipt reaches 64 MiB, or when the oldest octet without a receipt is 60 s old. Values; not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trust/evidence/commitment.hpp"

namespace sekisho::node {

using SteadyPoint = std::chrono::steady_clock::time_point;

struct StreamLimits {
  std::size_t window_bytes = trust::kChunkBytes;  // 1 … 1 MiB
  std::chrono::milliseconds window_time{1'000};
  std::uint64_t ahead_bytes = 64U << 20;
  std::chrono::milliseconds ahead_time{60'000};
  bool whole_lines = false;  // a window that is cut by its size ends behind a line, where one ends within it
};

class ReleaseWindow {
 public:
  explicit ReleaseWindow(const StreamLimits& limits) : limits_(limits) {}
  void add(std::string_view octets, SteadyPoint now);
  void end() { ended_ = true; }
  // Whether take() has a chunk now; at the end whatever is left is one.
  [[nodiscard]] bool ready(SteadyPoint now) const;
  [[nodiscard]] std::string take(SteadyPoint now);  // 1 octet … window_bytes; only when ready
  [[nodiscard]] bool wants_more() const { return !ended_ && held() < limits_.window_bytes; }
  [[nodiscard]] std::size_t held() const { return held_.size() - taken_; }
  // When what is held becomes a window by time alone; only with something held.
  [[nodiscard]] SteadyPoint due() const { return first_ + limits_.window_time; }
  [[nodiscard]] bool over() const { return ended_ && held_.size() == taken_; }

 private:
  StreamLimits limits_;
  std::string held_;
  std::size_t taken_ = 0;
  SteadyPoint first_{};
  bool ended_ = false;
};

class ReceiptCredit {
 public:
  explicit ReceiptCredit(const StreamLimits& limits) : limits_(limits) {}
  void sent(std::uint64_t total, SteadyPoint now);
  void receipted(std::uint64_t total, SteadyPoint now);
  // Whether one more window may leave.
  [[nodiscard]] bool may_send() const { return sent_ - receipted_ + limits_.window_bytes <= limits_.ahead_bytes; }
  [[nodiscard]] bool overdue(SteadyPoint now) const { return sent_ > receipted_ && now - since_ >= limits_.ahead_time; }

 private:
  StreamLimits limits_;
  std::uint64_t sent_ = 0, receipted_ = 0;
  SteadyPoint since_{};
};

}  // namespace sekisho::node
