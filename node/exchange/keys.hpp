// Keys of family Exchange. What they decide is decided once: the journal writes a claim only where there is none.
#pragma once

#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/uuid.hpp"

namespace sekisho::node {

// Provider: release, refusal or void of this exchange of this peer; the first commit wins (formats.md 4).
[[nodiscard]] Bytes outcome_claim(std::string_view peer_did, const Uuid& exchange);

// Provider: the n-th repetition of a release, which does not count again; n from 1.
[[nodiscard]] Bytes retry_claim(std::string_view peer_did, const Uuid& exchange, std::uint8_t number);

// Provider: the first receipt for a release is final.
[[nodiscard]] Bytes receipt_claim(const Digest& release);

// Provider: a stream that has no end yet; the value is the be64 position of its opening.
inline constexpr std::string_view kStreamPrefix = "stream";
[[nodiscard]] Bytes stream_row(const Digest& agreement, const Uuid& exchange);

// Consumer: receipt, refusal or void that closes an intent.
[[nodiscard]] Bytes closing_claim(const Uuid& exchange);

// Consumer: an intent that is not closed yet; the row's value is JSON (intents.hpp).
[[nodiscard]] Bytes intent_row(const Uuid& exchange);
inline constexpr std::string_view kIntentPrefix = "intent";

}  // namespace sekisho::node
