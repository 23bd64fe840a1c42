#include <algorithm>

#include "base/core/encoding.hpp"
#include "node/audit/filter_tokens.hpp"
#include "node/audit/query.hpp"

namespace sekisho::node {

namespace {

Error shape(std::string_view member, std::string why) {
  return Error(Code::JsonShape, "audit filter, /" + std::string(member) + ": " + std::move(why))
      .with("pointer", "/" + std::string(member));
}

using Text = std::optional<std::string>;

Result<Text> text(const JsonObject& object, std::string_view name) {
  Result<Text> value = get_optional_string(object, name);
  if (!value) return value;
  if (*value && ((*value)->empty() || (*value)->size() > 512)) return fail(shape(name, "must be 1 to 512 octets"));
  return value;
}

Result<std::optional<Instant>> instant(const JsonObject& object, std::string_view name) {
  Result<Text> value = text(object, name);
  if (!value) return fail(value.error());
  if (!*value) return std::optional<Instant>();
  Result<Instant> at = from_rfc3339(**value);
  if (!at) return fail(shape(name, "must be RFC 3339 with a zone"));
  return std::optional<Instant>(*at);
}

Status parse_plain(const JsonObject& object, AuditFilter& out) {
  struct Row {
    std::string_view name;
    Text AuditFilter::* member;
  };
  const Row rows[] = {{"from", &AuditFilter::from_zone},     {"to", &AuditFilter::to_zone},
                      {"agreement", &AuditFilter::agreement}, {"purpose", &AuditFilter::purpose},
                      {"dataset", &AuditFilter::dataset},     {"counterparty", &AuditFilter::counterparty},
                      {"transfer", &AuditFilter::transfer}};
  for (const Row& row : rows) {
    Result<Text> value = text(object, row.name);
    if (!value) return fail(value.error());
    out.*row.member = std::move(*value);
  }
  if (out.from_zone.has_value() != out.to_zone.has_value()) {
    return fail(shape(out.from_zone ? "to" : "from", "\"from\" and \"to\" are given together"));
  }
  if (out.agreement && !digest_from_hex(*out.agreement)) return fail(shape("agreement", "must be 64 hex digits"));
  return {};
}

Status parse_typed(const JsonObject& object, AuditFilter& out) {
  Result<std::optional<Instant>> since = instant(object, "since");
  if (!since) return fail(since.error());
  Result<std::optional<Instant>> until = instant(object, "until");
  if (!until) return fail(until.error());
  out.since = *since;
  out.until = *until;
  if (out.since && out.until && *out.since >= *out.until) return fail(shape("until", "must be after \"since\""));
  Result<Text> kind = text(object, "kind");
  if (!kind) return fail(kind.error());
  if (*kind) {
    Result<pb::EntryKind> number = kind_from_name(**kind);
    if (!number) return fail(shape("kind", "no such kind"));
    out.kind = *number;
  }
  Result<Text> exchange = text(object, "exchange");
  if (!exchange) return fail(exchange.error());
  if (*exchange) {
    Result<Uuid> id = uuid_from_text(**exchange);
    if (!id) return fail(shape("exchange", "must be a UUID"));
    out.exchange = *id;
  }
  return {};
}

}  // namespace

Result<AuditFilter> parse_audit_filter(const Json& document) {
  if (!document.is_object()) return fail(shape("", "must be an object"));
  const JsonObject& object = document.get_object();
  Status known = only_members(object, {"from", "to", "agreement", "purpose", "dataset", "counterparty", "transfer",
                                       "since", "until", "kind", "exchange"});
  if (!known) return fail(known.error());
  AuditFilter out;
  Status plain = parse_plain(object, out);
  if (!plain) return fail(plain.error());
  Status typed = parse_typed(object, out);
  if (!typed) return fail(typed.error());
  return out;
}

JsonObject to_json(const AuditFilter& f) {
  JsonObject out;
  const auto put = [&out](std::string_view name, const Text& value) {
    if (value) out[name] = *value;
  };
  put("from", f.from_zone);
  put("to", f.to_zone);
  put("agreement", f.agreement);
  put("purpose", f.purpose);
  put("dataset", f.dataset);
  put("counterparty", f.counterparty);
  put("transfer", f.transfer);
  if (f.since) out["since"] = to_rfc3339(*f.since);
  if (f.until) out["until"] = to_rfc3339(*f.until);
  if (f.kind) out["kind"] = kind_name(*f.kind);
  if (f.exchange) out["exchange"] = to_text(*f.exchange);
  return out;
}

std::vector<FilterToken> filter_tokens(const AuditFilter& f) {
  std::vector<FilterToken> out;
  const auto add = [&out](Dimension dimension, const Text& value) {
    if (value) out.push_back({dimension, *value, token(dimension, *value)});
  };
  // The most telling first: the index of the first one is walked, the others are looked for in each entry.
  add(Dimension::Transfer, f.transfer);
  add(Dimension::Agreement, f.agreement);
  add(Dimension::Counterparty, f.counterparty);
  add(Dimension::Dataset, f.dataset);
  add(Dimension::Purpose, f.purpose);
  if (f.from_zone) add(Dimension::ZonePair, zone_pair(*f.from_zone, *f.to_zone));
  if (f.kind) add(Dimension::Kind, std::to_string(static_cast<int>(*f.kind)));
  return out;
}

bool carries(const pb::Entry& entry, const FilterToken& wanted) {
  return std::ranges::any_of(entry.tokens(), [&](const pb::Token& t) {
    return t.dimension() == static_cast<std::uint32_t>(wanted.dimension) &&
           t.value() == as_text(BytesView(wanted.value));
  });
}

std::string_view kind_name(pb::EntryKind kind) { return pb::EntryKind_Name(kind); }

Result<pb::EntryKind> kind_from_name(std::string_view name) {
  pb::EntryKind kind{};
  if (!pb::EntryKind_Parse(std::string(name), &kind) || kind == pb::ENTRY_KIND_UNSPECIFIED) {
    return fail(Code::InvalidArgument, "no such kind of entry");
  }
  return kind;
}

}  // namespace sekisho::node
