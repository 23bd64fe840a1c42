// Tells a source that leads in a circle, in constant memory: the last 1,024 pages are known, and of what is longer ago
// one page, which moves on at every power of two (Brent), so that a circle of any length is found.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace sekisho::connectors {

class PageTrail {
 public:
  // False when this page was here before.
  [[nodiscard]] bool visit(std::string_view at) {
    const std::uint64_t mark = std::hash<std::string_view>()(at);
    const std::size_t known = pages_ < recent_.size() ? static_cast<std::size_t>(pages_) : recent_.size();
    for (std::size_t i = 0; i < known; ++i) {
      if (recent_[i] == mark) return false;
    }
    if (pages_ > 0 && mark == anchor_) return false;
    recent_[static_cast<std::size_t>(pages_ % recent_.size())] = mark;
    ++pages_;
    if ((pages_ & (pages_ - 1)) == 0) anchor_ = mark;
    return true;
  }
  [[nodiscard]] std::uint64_t pages() const { return pages_; }

 private:
  std::array<std::uint64_t, 1024> recent_{};
  std::uint64_t pages_ = 0;
  std::uint64_t anchor_ = 0;
};

}  // namespace sekisho::connectors
