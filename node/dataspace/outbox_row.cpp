#include <array>
#include <chrono>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/core/limits.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/outbox.hpp"

namespace sekisho::node {
namespace {

struct Number {
  std::string_view name;
  std::int64_t most;
  std::int64_t value = 0;
};

Status read_numbers(const JsonObject& row, std::span<Number> numbers) {
  for (Number& number : numbers) {
    Result<std::int64_t> value = get_integer(row, number.name);
    if (!value) return fail(value.error());
    if (*value < 0 || *value > number.most) return shape_error(fmt::format("/{}", number.name), "is out of range");
    number.value = *value;
  }
  return {};
}

Result<OutboxFailure> failure_from_row(const JsonObject& row) {
  std::array<Number, 3> numbers{Number{"tries", 1'000'000}, Number{"at", limits::kJsonInteger}, Number{"next", limits::kJsonInteger}};
  Status read = read_numbers(row, numbers);
  if (!read) return fail(read.error());
  Result<std::string> code = get_string(row, "code");
  if (!code) return fail(code.error());
  Result<std::string> text = get_string(row, "text");
  if (!text) return fail(text.error());
  const Json* doubt = row.if_contains("inDoubt");
  OutboxFailure failure;
  failure.tries = static_cast<unsigned>(numbers[0].value);
  failure.code = std::move(*code);
  failure.text = std::move(*text);
  failure.at = Instant(std::chrono::microseconds(numbers[1].value));
  failure.next = Instant(std::chrono::microseconds(numbers[2].value));
  failure.in_doubt = doubt != nullptr && doubt->is_bool() && doubt->get_bool();
  return failure;
}

}  // namespace

Bytes outbox_key(std::string_view owner, std::string_view process) {
  return to_bytes(fmt::format("dsp/{}/{}", owner, process));
}

Mutation outbox_put(const OutboxMessage& message) {
  JsonObject row{{"owner", message.owner},       {"process", message.process}, {"kind", message.kind},
                 {"peer", message.peer_dns},     {"target", message.target},   {"body", message.body},
                 {"attempts", message.attempts}, {"number", static_cast<std::int64_t>(message.number)}};
  if (message.failure) {
    const OutboxFailure& failure = *message.failure;
    row["failure"] = JsonObject{{"tries", failure.tries},
                                {"code", failure.code},
                                {"text", failure.text},
                                {"at", failure.at.time_since_epoch().count()},
                                {"next", failure.next.time_since_epoch().count()},
                                {"inDoubt", failure.in_doubt}};
  }
  return {Family::Outbox, outbox_key(message.owner, message.process), to_bytes(to_text(Json(std::move(row))))};
}

Mutation outbox_delete(std::string_view owner, std::string_view process) {
  return {Family::Outbox, outbox_key(owner, process), std::nullopt};
}

Result<OutboxMessage> outbox_from_row(BytesView value) {
  Result<Json> json = parse_json(as_text(value));
  if (!json || !json->is_object()) return fail(Code::DatabaseDamaged, "an outbox row is not a JSON object");
  const JsonObject& row = json->get_object();
  OutboxMessage message;
  for (auto [name, field] : {std::pair{"owner", &message.owner}, {"process", &message.process}, {"kind", &message.kind},
                             {"peer", &message.peer_dns}, {"target", &message.target}, {"body", &message.body}}) {
    Result<std::string> text = get_string(row, name);
    if (!text) return fail(Code::DatabaseDamaged, "an outbox row lacks a member", text.error());
    *field = std::move(*text);
  }
  if (!row.contains("number")) return message;  // of the first releases
  std::array<Number, 2> numbers{Number{"attempts", 1'000'000}, Number{"number", limits::kJsonInteger}};
  Status read = read_numbers(row, numbers);
  if (!read) return fail(Code::DatabaseDamaged, "an outbox row cannot be read", read.error());
  message.attempts = static_cast<unsigned>(numbers[0].value);
  message.number = static_cast<std::uint64_t>(numbers[1].value);
  if (!row.contains("failure")) return message;
  Result<const JsonObject*> failed = get_object(row, "failure");
  if (!failed) return fail(Code::DatabaseDamaged, "an outbox row cannot be read", failed.error());
  Result<OutboxFailure> failure = failure_from_row(**failed);
  if (!failure) return fail(Code::DatabaseDamaged, "an outbox row cannot be read", failure.error());
  message.failure = std::move(*failure);
  return message;
}

}  // namespace sekisho::node
