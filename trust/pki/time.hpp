// ASN.1 times as instants, whole seconds. For trust/pki only.
#pragma once

#include <openssl/asn1.h>

#include <memory>
#include <optional>

#include "base/core/clock.hpp"

namespace sekisho::trust {

inline std::optional<Instant> instant_of(const ASN1_TIME* time) {
  int days = 0;
  int seconds = 0;
  struct Free {
    void operator()(ASN1_TIME* t) const noexcept { ASN1_TIME_free(t); }
  };
  const std::unique_ptr<ASN1_TIME, Free> epoch(ASN1_TIME_set(nullptr, 0));
  if (time == nullptr || !epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return std::nullopt;
  return Instant(std::chrono::hours(24) * static_cast<std::int64_t>(days) + std::chrono::seconds(seconds));
}

inline std::time_t unix_seconds(Instant at) {
  return static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

}  // namespace sekisho::trust
