// How rows of the journal's own families are named. Every key of the project's log is built here.
#pragma once

#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/uuid.hpp"
#include "node/journal/dimension.hpp"
#include "node/journal/ports/storage.hpp"
#include "node/journal/position.hpp"

namespace sekisho::node::keys {

// Family::Meta
inline constexpr std::string_view kHead = "head";
inline constexpr std::string_view kSigners = "signers";  // log key ‖ statement certificate of the last KEY entry
inline Bytes log_info(std::uint16_t log) {
  Bytes out = to_bytes("log/");
  out.push_back(static_cast<std::uint8_t>(log >> 8));
  out.push_back(static_cast<std::uint8_t>(log & 0xff));
  return out;
}

// Family::Entry: be64 position → leaf bytes
inline Bytes entry(Position at) {
  const auto b = be64(at);
  return {b.begin(), b.end()};
}

// Family::Tile: level ‖ be64 (log, number) → 8 192 octets; right edge: 0x80|level ‖ be64 (log, 0) → the hashes of
// the partial tile. The right edge of level 0 is not stored: it is the leaf hashes of the last entries.
inline Bytes tile(std::uint16_t log, unsigned level, std::uint64_t number) {
  Bytes out;
  out.reserve(9);
  out.push_back(static_cast<std::uint8_t>(level));
  append(out, be64(make_position(log, number)));
  return out;
}
inline Bytes edge(std::uint16_t log, unsigned level) {
  Bytes out;
  out.reserve(9);
  out.push_back(static_cast<std::uint8_t>(0x80 | level));
  append(out, be64(make_position(log, 0)));
  return out;
}

// Family::Posting: dimension ‖ 16-byte token ‖ be64 first position → varint steps to the following positions
inline std::array<std::uint8_t, kPostingPrefix> posting_prefix(Dimension dimension, const TokenValue& value) {
  std::array<std::uint8_t, kPostingPrefix> out{};
  out[0] = static_cast<std::uint8_t>(dimension);
  std::memcpy(out.data() + 1, value.data(), value.size());
  return out;
}

// Family::Unique: 1 ‖ kind ‖ exchange ‖ token of the counterparty → be64 position (the newest); 2 ‖ statement id ‖ kind
// → be64 position. An exchange id is its asker's own (formats.md 4): two peers may use one. Rows of schema 1 end behind
// the exchange.
inline Bytes by_exchange(int kind, const Uuid& exchange) {
  Bytes out;
  out.reserve(34);
  out.push_back(1);
  out.push_back(static_cast<std::uint8_t>(kind));
  append(out, exchange.octets);
  return out;
}
inline Bytes by_exchange(int kind, const Uuid& exchange, const TokenValue& peer) {
  Bytes out = by_exchange(kind, exchange);
  append(out, peer);
  return out;
}
inline Bytes by_statement(const Digest& id) {
  Bytes out;
  out.reserve(34);
  out.push_back(2);
  append(out, id);
  return out;
}
inline Bytes by_statement(const Digest& id, int kind) {
  Bytes out = by_statement(id);
  out.push_back(static_cast<std::uint8_t>(kind));
  return out;
}

// Family::Counter: agreement digest → be64 counter of the newest own statement ‖ its id
// Family::Checkpoint: be64 position (log, size) → signed note

}  // namespace sekisho::node::keys
