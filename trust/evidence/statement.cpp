#include "trust/evidence/statement.hpp"

#include "base/core/encoding.hpp"

namespace sekisho::trust {

std::optional<std::string> Statement::text(std::string_view member) const {
  const Json* value = predicate.if_contains(member);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<Digest> Statement::digest(std::string_view member) const {
  const Json* value = predicate.if_contains(member);
  if (!value || !value->is_string()) return std::nullopt;
  const Result<Digest> digest = digest_from_hex(value->get_string());
  return digest ? std::optional(*digest) : std::nullopt;
}

std::optional<std::uint64_t> Statement::integer(std::string_view member) const {
  const Result<std::int64_t> value = get_integer(predicate, member);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<Party> Statement::party(std::string_view member) const {
  const Json* value = predicate.if_contains(member);
  if (!value || !value->is_object()) return std::nullopt;
  const JsonObject& object = value->get_object();
  const Result<std::string> did = get_string(object, "did");
  if (!did) return std::nullopt;
  const Result<std::string> zone = get_string(object, "zone");
  return Party{*did, zone ? *zone : std::string(), object.contains("foreign")};
}

std::optional<Uuid> Statement::exchange() const {
  const auto name = text("exchange");
  if (!name) return std::nullopt;
  const Result<Uuid> parsed = uuid_from_text(*name);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::vector<Digest> Statement::digests(std::string_view member) const {
  std::vector<Digest> out;
  const Json* value = predicate.if_contains(member);
  if (!value || !value->is_array()) return out;
  for (const Json& element : value->get_array()) {
    if (!element.is_string()) continue;
    if (const Result<Digest> digest = digest_from_hex(element.get_string()); digest) out.push_back(*digest);
  }
  return out;
}

}  // namespace sekisho::trust
