#include "node/exchange/idempotency.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"

namespace sekisho::node {
namespace {

Mutation row_of(const Bytes& row, const OpenIntent& intent, const Uuid& exchange, const char* state) {
  const Json value = JsonObject{{"request", to_hex(intent.request)}, {"exchange", to_text(exchange)}, {"state", state}};
  return Mutation{Family::Idempotency, row, to_bytes(to_text(value))};
}

}  // namespace

Result<std::string> parse_idempotency_key(std::string_view header) {
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') header = header.substr(1, header.size() - 2);
  const bool visible =
      std::all_of(header.begin(), header.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (header.empty() || header.size() > 128 || !visible) {
    return fail(Error(Code::InvalidArgument, "an Idempotency-Key has 1 to 128 visible characters")
                    .with("header", "Idempotency-Key"));
  }
  return std::string(header);
}

Bytes idempotency_row(std::string_view client, std::string_view key) {
  Bytes scoped = to_bytes(client);
  scoped.push_back(0);
  append(scoped, key);
  const Digest row = sha256(scoped);
  return to_bytes(BytesView(row));
}

Bytes idempotency_claim(const Bytes& row) {
  Bytes key = to_bytes("idem");
  append(key, row);
  return key;
}

Mutation running_row(const Bytes& row, const OpenIntent& intent) {
  return row_of(row, intent, intent.exchange, "running");
}

void end_key(const OpenIntent& intent, KeyEnd end, std::vector<Mutation>& out) {
  if (!intent.idempotency) return;
  const Bytes& row = *intent.idempotency;
  if (end == KeyEnd::Delivered) {
    out.push_back(row_of(row, intent, intent.exchange, "delivered"));
    return;
  }
  // A repetition that came to nothing leaves what it would have repeated.
  if (intent.retry_of || end == KeyEnd::Unconfirmed) {
    out.push_back(row_of(row, intent, intent.retry_of.value_or(intent.exchange), "unconfirmed"));
  } else {
    out.push_back(Mutation{Family::Idempotency, row, std::nullopt});
  }
  out.push_back(Mutation{Family::Exchange, idempotency_claim(row), std::nullopt});
}

Result<std::optional<Uuid>> check_idempotency(const Storage& storage, const Bytes& row, const Digest& request) {
  const auto found = storage.get(Family::Idempotency, row);
  if (!found) return fail(found.error());
  if (!*found) return std::optional<Uuid>();
  const auto document = parse_json(as_text(**found));
  if (!document || !document->is_object()) return fail(Code::DatabaseDamaged, "an idempotency row is malformed");
  const auto known = get_string(document->get_object(), "request");
  const auto exchange = get_string(document->get_object(), "exchange");
  const auto state = get_string(document->get_object(), "state");
  if (!known || !exchange || !state) return fail(Code::DatabaseDamaged, "an idempotency row is malformed");
  if (*known != to_hex(request)) return fail(Code::IdempotencyMismatch, "the key was used for another request");
  if (*state == "unconfirmed") {
    const auto repeats = uuid_from_text(*exchange);
    if (!repeats) return fail(Code::DatabaseDamaged, "an idempotency row is malformed", repeats.error());
    return std::optional(*repeats);
  }
  const std::string link = "/v1/exchanges/" + *exchange;
  if (*state == "delivered") {
    return fail(Error(Code::IdempotencyDelivered, "the request was answered")
                    .with("evidence", link)
                    .with("exchange", *exchange));
  }
  return fail(
      Error(Code::IdempotencyRunning, "the request is running").with("retry_after_s", "1").with("exchange", *exchange));
}

}  // namespace sekisho::node
