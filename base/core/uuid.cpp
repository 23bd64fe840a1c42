#include "base/core/uuid.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"

namespace sekisho {

Uuid make_uuid_v7(Instant now, BytesView random) {
  Uuid id;
  const auto ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (std::size_t i = 0; i < 6; ++i) id.octets[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  for (std::size_t i = 0; i < 10 && i < random.size(); ++i) id.octets[6 + i] = random[i];
  id.octets[6] = static_cast<std::uint8_t>((id.octets[6] & 0x0f) | 0x70);
  id.octets[8] = static_cast<std::uint8_t>((id.octets[8] & 0x3f) | 0x80);
  return id;
}

Uuid make_uuid_v4(BytesView random16) {
  Uuid id;
  for (std::size_t i = 0; i < 16 && i < random16.size(); ++i) id.octets[i] = random16[i];
  id.octets[6] = static_cast<std::uint8_t>((id.octets[6] & 0x0f) | 0x40);
  id.octets[8] = static_cast<std::uint8_t>((id.octets[8] & 0x3f) | 0x80);
  return id;
}

std::string to_text(const Uuid& id) {
  const std::string hex = to_hex(id.octets);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

Result<Uuid> uuid_from_text(std::string_view text) {
  const auto refuse = [] { return fail(Code::Encoding, "not a UUID of the form 8-4-4-4-12 in lower case"); };
  if (text.size() != 36) return refuse();
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return refuse();
    if (!dash) hex += text[i];
  }
  const auto octets = from_hex(hex);
  if (!octets) return refuse();
  Uuid id;
  std::copy(octets->begin(), octets->end(), id.octets.begin());
  return id;
}

int version(const Uuid& id) { return id.octets[6] >> 4; }

Instant uuid_v7_time(const Uuid& id) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = (ms << 8) | id.octets[i];
  return Instant(std::chrono::milliseconds(ms));
}

}  // namespace sekisho
