// The last problem of a source, for its health. Shared with its readers; thread-safe.
#pragma once

#include <mutex>

#include "connectors/connector.hpp"

namespace sekisho::connectors {

class HealthBook {
 public:
  // What an operation ended with. A cancelled one says nothing about the source.
  template <class T>
  void note(const Result<T>& result) {
    if (!result && result.error().code == Code::Cancelled) return;
    const std::lock_guard lock(mutex_);
    health_.working = result.has_value();
    if (!result) health_.problem = std::string(result.error().name()) + ": " + result.error().chain();
  }
  [[nodiscard]] Health health() const {
    const std::lock_guard lock(mutex_);
    return health_;
  }

 private:
  mutable std::mutex mutex_;
  Health health_;
};

}  // namespace sekisho::connectors
