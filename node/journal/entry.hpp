// The bytes of a log entry: a Protobuf message in field order, padded with zero octets to a multiple of 128, so
// that sizes say little. Serialised once; stored, hashed and exported unchanged (formats.md 4).
//
// decode_entry is strict (one value, one spelling); Code::ProtobufFormat, Code::LimitExceeded. Pure, thread-safe.
#pragma once

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/journal/dimension.hpp"
#include "schemas/log.pb.h"

namespace sekisho::node {

inline constexpr std::size_t kEntryBlock = 128;
inline constexpr std::size_t kMaxEntryBytes = 60U << 10;
inline constexpr std::uint32_t kEntryVersion = 1;
inline constexpr int kMaxTokens = 24;

// `entry` without pad; the padding is added.
[[nodiscard]] Bytes encode_entry(const pb::Entry& entry);

// Checks shape and spelling, not seals. A statement's entry has payload and seal, any other a detail.
[[nodiscard]] Result<pb::Entry> decode_entry(BytesView bytes);

// The token of the other party; all zero in an entry that has none.
[[nodiscard]] TokenValue counterparty(const pb::Entry& entry);

}  // namespace sekisho::node
