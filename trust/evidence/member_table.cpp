#include "trust/evidence/member_table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/uuid.hpp"

namespace sekisho::trust {
namespace {

constexpr auto kRequired = Presence::Required;
constexpr auto kOptional = Presence::Optional;
constexpr std::size_t kMaxText = 512;
constexpr std::size_t kMaxParents = 16;
constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

using enum MemberType;

// provider and consumer of the agreement, whoever states it.
constexpr Member kAgreement[] = {
    {"negotiation", Text, kRequired}, {"provider", Party, kRequired}, {"consumer", Party, kRequired}};

// By the consumer, to the provider: transfer is the consumer's process id; recipient will receive the data.
constexpr Member kRequest[] = {{"transfer", Text, kRequired},
                               {"format", Text, kRequired},
                               {"recipient", Party, kRequired},
                               {"purpose", Text, kOptional}};

// transfer is the provider's process id; policy and plan are digests.
constexpr Member kTerms[] = {
    {"recipient", Party, kRequired}, {"transfer", Text, kRequired}, {"dataset", Text, kRequired},
    {"schema", Text, kOptional},     {"purpose", Text, kRequired},  {"basis", Text, kOptional},
    {"policy", Hash, kRequired},     {"plan", Hash, kRequired},     {"mode", Text, kRequired}};

constexpr Member kIntent[] = {{"exchange", Exchange, kRequired},
                              {"provider", Party, kRequired},
                              {"request", Hash, kRequired},
                              {"purpose", Text, kRequired},
                              {"onBehalfOf", Hash, kOptional}};

// intent is absent for a foreign peer, which has none.
constexpr Member kRelease[] = {
    {"terms", Hash, kRequired},        {"exchange", Exchange, kRequired}, {"intent", Hash, kOptional},
    {"request", Hash, kRequired},      {"tlsCert", Hash, kOptional},      {"decision", Hash, kRequired},
    {"media", Text, kRequired},        {"parents", Parents, kOptional},   {"retryOf", Exchange, kOptional},
    {"resumeOf", Exchange, kOptional}, {"onBehalfOf", Hash, kOptional}};

// of is the release; commitment, bytes and chunks as the receiver computed them, absent when it has none.
constexpr Member kReceipt[] = {{"of", Hash, kRequired},         {"exchange", Exchange, kRequired},
                               {"outcome", Outcome, kRequired}, {"bytes", Integer, kOptional},
                               {"chunks", Integer, kOptional},  {"commitment", Hash, kOptional},
                               {"reason", Text, kOptional}};

constexpr Member kRefusal[] = {{"recipient", Party, kRequired},
                               {"exchange", Exchange, kRequired},
                               {"intent", Hash, kOptional},
                               {"code", Text, kRequired},
                               {"decision", Hash, kOptional}};

constexpr Member kVoid[] = {{"recipient", Party, kRequired},
                            {"exchange", Exchange, kRequired},
                            {"intent", Hash, kOptional},
                            {"code", Text, kOptional},
                            {"decision", Hash, kOptional}};

// A release whose content is told by its heads; chunk: how many of the stream resumed from were held before.
constexpr Member kStreamOpen[] = {
    {"terms", Hash, kRequired},        {"exchange", Exchange, kRequired}, {"intent", Hash, kOptional},
    {"request", Hash, kRequired},      {"tlsCert", Hash, kOptional},      {"decision", Hash, kRequired},
    {"media", Text, kRequired},        {"parents", Parents, kOptional},   {"retryOf", Exchange, kOptional},
    {"resumeOf", Exchange, kOptional}, {"chunk", Integer, kOptional},     {"onBehalfOf", Hash, kOptional}};

// of is the opening; the commitment is of everything up to and with the window.
constexpr Member kStreamHead[] = {{"of", Hash, kRequired},
                                  {"exchange", Exchange, kRequired},
                                  {"bytes", Integer, kRequired},
                                  {"chunks", Integer, kRequired},
                                  {"commitment", Hash, kRequired}};

// The last head's prefix, absent where there was no window; reason: COMPLETE, CRASH or what cut the stream.
constexpr Member kStreamEnd[] = {{"of", Hash, kRequired},        {"exchange", Exchange, kRequired},
                                 {"reason", Text, kRequired},    {"bytes", Integer, kOptional},
                                 {"chunks", Integer, kOptional}, {"commitment", Hash, kOptional}};

constexpr Member kErasure[] = {{"reason", Text, kOptional}};

// In the order of the enumerators.
constexpr std::array<KindRule, kStatementKinds.size()> kRules = {{
    {kRequired, SubjectRule::Reference, "negotiation", kAgreement},
    {kRequired, SubjectRule::Reference, "transfer", kRequest},
    {kRequired, SubjectRule::Reference, "transfer", kTerms},
    {kOptional, SubjectRule::Reference, "exchange", kIntent},
    {kRequired, SubjectRule::Content, "exchange", kRelease},
    {kRequired, SubjectRule::ContentOrReference, "exchange", kReceipt},
    {kOptional, SubjectRule::Reference, "exchange", kRefusal},
    {kOptional, SubjectRule::Reference, "exchange", kVoid},
    {kOptional, SubjectRule::Erased, "", kErasure},
    {kRequired, SubjectRule::Reference, "exchange", kStreamOpen},
    {kRequired, SubjectRule::Content, "exchange", kStreamHead},
    {kRequired, SubjectRule::ContentOrReference, "exchange", kStreamEnd},
}};

bool is_text(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_string();
  return !text.empty() && text.size() <= kMaxText && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

bool is_hash(const Json& value) { return value.is_string() && digest_from_hex(value.get_string()).has_value(); }

bool is_party(const Json& value) {
  if (!value.is_object()) return false;
  const JsonObject& party = value.get_object();
  const Json* did = party.if_contains("did");
  const Json* zone = party.if_contains("zone");
  const Json* foreign = party.if_contains("foreign");
  if (!did || !is_text(*did) || !std::string_view(did->get_string()).starts_with("did:")) return false;
  if (foreign && !(foreign->is_bool() && foreign->get_bool())) return false;
  if (zone ? !is_text(*zone) : !foreign) return false;
  return party.size() == 1U + (zone ? 1U : 0U) + (foreign ? 1U : 0U);
}

bool is_integer(const Json& value) {
  if (value.is_uint64()) return value.get_uint64() <= static_cast<std::uint64_t>(kMaxInteger);
  return value.is_int64() && value.get_int64() >= 0 && value.get_int64() <= kMaxInteger;
}

bool is_parents(const Json& value) {
  if (!value.is_array()) return false;
  const JsonArray& list = value.get_array();
  return !list.empty() && list.size() <= kMaxParents && std::all_of(list.begin(), list.end(), is_hash);
}

bool is_outcome(const Json& value) {
  if (!value.is_string()) return false;
  const std::string_view text = value.get_string();
  return text == "verified" || text == "rejected" || text == "partial" || text == "lost";
}

bool fits(MemberType type, const Json& value) {
  switch (type) {
    case Hash: return is_hash(value);
    case Parents: return is_parents(value);
    case Text: return is_text(value);
    case Exchange: return value.is_string() && uuid_from_text(value.get_string()).has_value();
    case Party: return is_party(value);
    case Integer: return is_integer(value);
    case Outcome: return is_outcome(value);
  }
  return false;
}

// What was received is stated whole: octets, chunks and commitment together, always for "verified".
Status check_receipt(const JsonObject& object) {
  const bool bytes = object.contains("bytes");
  if (bytes != object.contains("chunks") || bytes != object.contains("commitment")) {
    return statement_error("commitment", "stands together with bytes and chunks");
  }
  const Json* outcome = object.if_contains("outcome");
  if (!bytes && outcome && outcome->get_string() == "verified") {
    return statement_error("commitment", "is missing from a verified receipt");
  }
  return {};
}

}  // namespace

const KindRule& rule_of(StatementKind kind) { return kRules[static_cast<std::size_t>(kind)]; }

Status statement_error(std::string_view member, std::string_view what) {
  return fail(
      Error(Code::StatementInvalid, fmt::format("statement: {} {}", member, what)).with("member", std::string(member)));
}

Status check_members(StatementKind kind, const JsonObject& object, std::span<const std::string_view> common) {
  const std::span<const Member> members = rule_of(kind).members;
  std::size_t known = 0;
  for (const Member& member : members) {
    const Json* value = object.if_contains(member.name);
    if (!value) {
      if (member.presence == kRequired) return statement_error(member.name, "is missing");
      continue;
    }
    if (!fits(member.type, *value)) return statement_error(member.name, "is not of its type");
    ++known;
  }
  for (const std::string_view name : common) known += object.contains(name) ? 1U : 0U;
  if (known != object.size()) {
    for (const auto& [name, value] : object) {
      const auto named = [&](const Member& m) { return m.name == std::string_view(name); };
      if (std::none_of(members.begin(), members.end(), named) &&
          std::find(common.begin(), common.end(), std::string_view(name)) == common.end()) {
        return statement_error("a member", "is unknown to its kind");
      }
    }
  }
  return kind == StatementKind::Receipt || kind == StatementKind::StreamEnd ? check_receipt(object) : Status{};
}

}  // namespace sekisho::trust
