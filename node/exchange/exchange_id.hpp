// Exchange ids: UUIDv7, minted by the consumer, at most 24 h off (formats.md 4).
#pragma once

#include <chrono>
#include <string_view>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "base/core/uuid.hpp"

namespace sekisho::node {

inline constexpr std::chrono::hours kExchangeIdSkew{24};

// Code::ExchangeId otherwise.
[[nodiscard]] inline Result<Uuid> parse_exchange_id(std::string_view text, Instant now) {
  const auto id = uuid_from_text(text);
  if (!id) return fail(Code::ExchangeId, "the exchange id is no UUID in lower case", id.error());
  if (version(*id) != 7) return fail(Code::ExchangeId, "the exchange id is no UUIDv7");
  const auto at = uuid_v7_time(*id);
  if (at > now + kExchangeIdSkew || at < now - kExchangeIdSkew) {
    return fail(Code::ExchangeId, "the time in the exchange id is off by more than 24 h");
  }
  return *id;
}

}  // namespace sekisho::node
