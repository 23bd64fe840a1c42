#include "node/exchange/stream/window.hpp"

#include <algorithm>

namespace sekisho::node {

void ReleaseWindow::add(std::string_view octets, SteadyPoint now) {
  if (octets.empty()) return;
  if (held_.size() == taken_) {
    held_.clear();
    taken_ = 0;
    first_ = now;
  } else if (taken_ > 0) {
    held_.erase(0, taken_);
    taken_ = 0;
  }
  held_ += octets;
}

bool ReleaseWindow::ready(SteadyPoint now) const {
  const std::size_t have = held_.size() - taken_;
  return have > 0 && (ended_ || have >= limits_.window_bytes || now - first_ >= limits_.window_time);
}

std::string ReleaseWindow::take(SteadyPoint now) {
  std::size_t n = std::min(held_.size() - taken_, limits_.window_bytes);
  if (limits_.whole_lines && n < held_.size() - taken_) {
    const std::size_t line = std::string_view(held_).substr(taken_, n).rfind('\n');
    if (line != std::string_view::npos) n = line + 1;
  }
  std::string out = held_.substr(taken_, n);
  taken_ += n;
  first_ = now;
  return out;
}

void ReceiptCredit::sent(std::uint64_t total, SteadyPoint now) {
  if (sent_ == receipted_) since_ = now;
  sent_ = std::max(sent_, total);
}

void ReceiptCredit::receipted(std::uint64_t total, SteadyPoint now) {
  if (total <= receipted_ || total > sent_) return;
  receipted_ = total;
  since_ = now;
}

}  // namespace sekisho::node
