#include "node/exchange/intents.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "base/crypto/digest.hpp"
#include "node/exchange/keys.hpp"

namespace sekisho::node {

Bytes to_row(const OpenIntent& intent) {
  JsonObject row{
      {"provider", intent.provider_dns},  {"transfer", intent.transfer},           {"dataset", intent.dataset},
      {"purpose", intent.purpose},        {"agreement", to_hex(intent.agreement)}, {"intent", to_hex(intent.intent)},
      {"request", to_hex(intent.request)}};
  if (intent.idempotency) row["idempotency"] = to_hex(*intent.idempotency);
  if (intent.retry_of) row["retryOf"] = to_text(*intent.retry_of);
  return to_bytes(to_text(Json(std::move(row))));
}

Result<OpenIntent> intent_from_row(BytesView key, BytesView value) {
  const auto damaged = [](const char* what) {
    return fail(Code::DatabaseDamaged, std::string("an intent row without ") + what);
  };
  OpenIntent out;
  if (key.size() != kIntentPrefix.size() + out.exchange.octets.size()) return damaged("exchange");
  std::copy(key.begin() + static_cast<std::ptrdiff_t>(kIntentPrefix.size()), key.end(), out.exchange.octets.begin());
  const auto document = parse_json(as_text(value));
  if (!document || !document->is_object()) return damaged("a value");
  const JsonObject& row = document->get_object();
  const auto text = [&](const char* name, std::string& place) {
    auto member = get_string(row, name);
    if (member) place = std::move(*member);
    return member.has_value();
  };
  const auto digest = [&](const char* name, Digest& place) {
    const auto member = get_string(row, name);
    if (!member) return false;
    const auto value32 = digest_from_hex(*member);
    if (value32) place = *value32;
    return value32.has_value();
  };
  if (!text("provider", out.provider_dns) || !text("transfer", out.transfer) || !text("dataset", out.dataset) ||
      !text("purpose", out.purpose) || !digest("agreement", out.agreement) || !digest("intent", out.intent) ||
      !digest("request", out.request)) {
    return damaged("a member");
  }
  if (const auto idempotency = get_optional_string(row, "idempotency"); idempotency && *idempotency) {
    auto bytes = from_hex(**idempotency);
    if (!bytes) return damaged("a right idempotency key");
    out.idempotency = std::move(*bytes);
  }
  if (const auto retried = get_optional_string(row, "retryOf"); retried && *retried) {
    const auto id = uuid_from_text(**retried);
    if (!id) return damaged("a right id of what it repeats");
    out.retry_of = *id;
  }
  return out;
}

Result<std::vector<OpenIntent>> open_intents(const Storage& storage) {
  std::vector<OpenIntent> out;
  const auto scanned = storage.scan(Family::Exchange, {}, as_bytes(kIntentPrefix), [&](BytesView key, BytesView value) {
    auto intent = intent_from_row(key, value);
    // One damaged row must not keep the others from being closed.
    if (intent) {
      out.push_back(std::move(*intent));
    } else {
      log_error("intent.row_damaged", intent.error());
    }
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return out;
}

Digest request_digest(std::string_view method, std::string_view dataset, const std::optional<Json>& filter,
                      std::string_view accept) {
  const Json question = JsonObject{
      {"method", method}, {"dataset", dataset}, {"filter", filter ? *filter : Json(nullptr)}, {"accept", accept}};
  const auto text = canonical_json(question);
  return sha256(as_bytes(text ? *text : to_text(question)));
}

}  // namespace sekisho::node
