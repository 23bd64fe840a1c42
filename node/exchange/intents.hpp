// The consumer's open questions: an INTENT is durable before the request leaves, and stays a row of family Exchange
// until exactly one of receipt, refusal or void closes it (formats.md 4).
//
// Rows: key "intent" ‖ exchange; value JSON {"provider","transfer","dataset","purpose","agreement","intent","request",
// "idempotency"?, "retryOf"?}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/core/uuid.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

struct OpenIntent {
  Uuid exchange;
  std::string provider_dns;
  std::string transfer;  // provider's process id
  std::string dataset;
  std::string purpose;
  Digest agreement{};
  Digest intent{};                   // statement id; known after the commit
  Digest request{};                  // digest of the question
  std::optional<Bytes> idempotency;  // key of its row in family Idempotency
  std::optional<Uuid> retry_of;      // the exchange that it repeats: the first under that key
};

[[nodiscard]] Bytes to_row(const OpenIntent& intent);
[[nodiscard]] Result<OpenIntent> intent_from_row(BytesView key, BytesView value);
// All rows; what recovery works through after a start.
[[nodiscard]] Result<std::vector<OpenIntent>> open_intents(const Storage& storage);

// SHA-256 of canonical {method, dataset, filter, accept}: what was asked, in both parties' statements.
[[nodiscard]] Digest request_digest(std::string_view method, std::string_view dataset,
                                    const std::optional<Json>& filter, std::string_view accept);

}  // namespace sekisho::node
