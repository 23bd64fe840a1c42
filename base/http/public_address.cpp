#include "base/http/public_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <arpa/inet.h>

namespace sekisho::http {
namespace {

struct Block {
  std::array<std::uint8_t, 16> prefix;
  unsigned bits;
};

constexpr Block kSpecial4[] = {
    {{0}, 8},               // this network
    {{10}, 8},              // private
    {{100, 64}, 10},        // shared; a cloud's metadata
    {{127}, 8},             // loopback
    {{168, 63, 129, 16}, 32},  // a cloud's wire server
    {{169, 254}, 16},       // link-local; metadata
    {{172, 16}, 12},        // private
    {{192, 0, 0}, 24},      // protocol assignments; a cloud's metadata
    {{192, 0, 2}, 24},      // documentation
    {{192, 88, 99}, 24},    // 6to4 relays
    {{192, 168}, 16},       // private
    {{198, 18}, 15},        // benchmarks
    {{198, 51, 100}, 24},   // documentation
    {{203, 0, 113}, 24},    // documentation
    {{224}, 3},             // multicast, reserved, broadcast
};

constexpr Block kGlobal6{{0x20}, 3};
constexpr Block kSpecial6[] = {
    {{0x20, 0x01, 0x00}, 23},              // protocol assignments: Teredo, benchmarks, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},        // documentation
    {{0x20, 0x02}, 16},                    // 6to4
    {{0x3f, 0xff, 0x00}, 20},              // documentation
};

bool within(std::span<const std::uint8_t> address, const Block& block) {
  for (unsigned bit = 0; bit < block.bits; bit += 8) {
    const unsigned left = std::min(8U, block.bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xFFU << (8U - left));
    if (((address[bit / 8] ^ block.prefix[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

struct Literal {
  std::array<std::uint8_t, 16> octets{};
  bool v6 = false;
};

std::optional<Literal> parse(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  Literal out;
  if (inet_pton(AF_INET, terminated.c_str(), out.octets.data()) == 1) return out;
  out.v6 = true;
  if (inet_pton(AF_INET6, terminated.c_str(), out.octets.data()) == 1) return out;
  return std::nullopt;
}

}  // namespace

bool is_address_literal(std::string_view text) { return parse(text).has_value(); }

bool is_public_address(std::string_view literal) {
  const std::optional<Literal> address = parse(literal);
  if (!address) return false;
  const auto of = [&](const Block& block) { return within(address->octets, block); };
  if (!address->v6) return std::ranges::none_of(kSpecial4, of);
  return of(kGlobal6) && std::ranges::none_of(kSpecial6, of);
}

}  // namespace sekisho::http
