// The dimensions by which entries can be found, and their tokens.
//
// A token is the first 16 octets of SHA-256("sekisho-token-v1" 0x00 ‖ dimension ‖ value). Tokens lie inside the
// leaf, so that a mirror can rebuild and check the index. What a guesser learns: whoever holds entry bytes and
// guesses a value (a dataset's id, a DID) can confirm the guess; so tokens name only what the entry's reader may
// know anyway, never a person or a value of the data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"

namespace sekisho::node {

// Numbers are stored and part of the hash: never reused, new ones at the end.
enum class Dimension : std::uint8_t {
  Dataset = 1,       // dataset id
  Agreement = 2,     // hex of the agreement's digest
  Counterparty = 3,  // DID of the other party
  Purpose = 4,       // purpose IRI
  ZonePair = 5,      // zone_pair(from, to): the way the data went
  Kind = 6,          // decimal number of the entry kind; the journal adds it to every entry
  Transfer = 7,      // provider's transfer id
  Parent = 8,        // hex of a parent's statement id (reverse lineage)
};

using TokenValue = std::array<std::uint8_t, 16>;

[[nodiscard]] TokenValue token(Dimension dimension, std::string_view value);

// "jp>eu": the value of Dimension::ZonePair.
[[nodiscard]] std::string zone_pair(std::string_view from, std::string_view to);

}  // namespace sekisho::node
