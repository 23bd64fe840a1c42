// Idempotency-Key of the service listener (formats.md 6): scoped to the client, bound to the digest of the request.
// A running request with the same key is 409, one for another request 422, a delivered one 409 with links; bodies are
// not kept. A key whose request was refused or void is free again; so is one whose release did not arrive whole: the
// next exchange under it repeats that one.
//
// Rows of family Idempotency: SHA-256(client ‖ NUL ‖ key) → {"request", "exchange", "state"}; exchange is the newest,
// but for "unconfirmed" the one to repeat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.hpp"
#include "node/exchange/intents.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

// The bare key or its quoted form (a structured-field string); 1 … 128 visible octets. Code::InvalidArgument.
[[nodiscard]] Result<std::string> parse_idempotency_key(std::string_view header);

[[nodiscard]] Bytes idempotency_row(std::string_view client, std::string_view key);
// Family Exchange: of two parallel calls with one key only one commits its intent.
[[nodiscard]] Bytes idempotency_claim(const Bytes& row);
[[nodiscard]] Mutation running_row(const Bytes& row, const OpenIntent& intent);

// What the end of the intent makes of its key, if it has one. delivered: the client has it, and the key is spent. Else
// the key is free, and where there was a release to repeat it says so.
enum class KeyEnd : std::uint8_t { Delivered, Unconfirmed, Nothing };
void end_key(const OpenIntent& intent, KeyEnd end, std::vector<Mutation>& out);

// Success when the key is free, with the exchange to repeat, if there is one. IdempotencyMismatch, IdempotencyRunning,
// IdempotencyDelivered (help "evidence").
[[nodiscard]] Result<std::optional<Uuid>> check_idempotency(const Storage& storage, const Bytes& row,
                                                            const Digest& request);

}  // namespace sekisho::node
