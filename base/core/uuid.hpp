// UUIDs as 16 octets. Exchange ids are UUIDv7 (RFC 9562): time-ordered, minted by the consumer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"

namespace sekisho {

struct Uuid {
  std::array<std::uint8_t, 16> octets{};
  auto operator<=>(const Uuid&) const = default;
};

struct UuidHash {
  std::size_t operator()(const Uuid& u) const noexcept {
    std::size_t v = 0;
    std::memcpy(&v, u.octets.data() + 8, sizeof v);
    return v;
  }
};

// random: at least 10 octets from the randomness port.
[[nodiscard]] Uuid make_uuid_v7(Instant now, BytesView random);
[[nodiscard]] Uuid make_uuid_v4(BytesView random16);
[[nodiscard]] std::string to_text(const Uuid& id);                 // 8-4-4-4-12, lower case
[[nodiscard]] Result<Uuid> uuid_from_text(std::string_view text);  // that spelling only
[[nodiscard]] int version(const Uuid& id);
[[nodiscard]] Instant uuid_v7_time(const Uuid& id);                // millisecond precision

}  // namespace sekisho
