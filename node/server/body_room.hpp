// Octets of request bodies that a listener holds at a time. A peer that opens many connections and stalls each body
// just before its end takes no more memory than this. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace sekisho::node {

class BodyRoom {
 public:
  // Gives its octets back when it goes; the room outlives it.
  class Place {
   public:
    Place(std::atomic<std::size_t>& taken, std::size_t octets) : taken_(&taken), octets_(octets) {}
    Place(Place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)), octets_(other.octets_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (taken_ != nullptr) taken_->fetch_sub(octets_);
    }

   private:
    std::atomic<std::size_t>* taken_;
    std::size_t octets_;
  };

  // Nullopt when the room of `limit` octets, always the same, has no more place.
  [[nodiscard]] std::optional<Place> take(std::size_t octets, std::size_t limit) {
    std::size_t before = taken_.load();
    do {
      if (octets > limit - before) return std::nullopt;
    } while (!taken_.compare_exchange_weak(before, before + octets));
    return Place(taken_, octets);
  }

 private:
  std::atomic<std::size_t> taken_{0};
};

}  // namespace sekisho::node
