// What the crossings of this node may hold of their sources at once, all together: so many octets, of which one peer
// gets at most half, so that nobody who reads slowly keeps all others out.
//
// Each crossing has a share, taken before its source is read at what it may come to hold, and resized when that is
// known. Thread-safe. The budget outlives its shares.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/core/result.hpp"

namespace sekisho::node {

class ByteBudget {
 public:
  class Share {
   public:
    Share(ByteBudget& budget, std::string peer) : budget_(budget), peer_(std::move(peer)) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();
    // Code::Busy when it would grow beyond what is free; it stays as it was then.
    [[nodiscard]] Status resize(std::uint64_t bytes);

   private:
    ByteBudget& budget_;
    const std::string peer_;
    std::uint64_t bytes_ = 0;
  };

  explicit ByteBudget(std::uint64_t most) : most_(most) {}

  // Code::Busy with help "limit" (the setting) and "retry_after_s".
  [[nodiscard]] Result<std::shared_ptr<Share>> take(const std::string& peer, std::uint64_t bytes);
  [[nodiscard]] std::uint64_t held() const;

 private:
  [[nodiscard]] Status change(const std::string& peer, std::uint64_t from, std::uint64_t to);

  const std::uint64_t most_;
  mutable std::mutex mutex_;
  std::uint64_t held_ = 0;
  std::unordered_map<std::string, std::uint64_t> by_peer_;
};

}  // namespace sekisho::node
