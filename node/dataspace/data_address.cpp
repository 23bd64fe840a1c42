#include "node/dataspace/data_address.hpp"

#include <algorithm>

#include "node/dataspace/fields.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kUrlLimit = 2048;
constexpr std::size_t kTokenLimit = 4096;
constexpr std::size_t kMostProperties = 32;
constexpr std::string_view kProperties = "/dataAddress/endpointProperties";
constexpr std::string_view kEclipse = "https://w3id.org/edc/v0.0.1/ns/";
constexpr std::string_view kHttp = "https://w3id.org/idsa/v4.1/HTTP";

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

Status keep(std::string& place, std::string value, std::string_view name, std::size_t limit) {
  if (!place.empty()) return shape_error(kProperties, std::string("names ").append(name).append(" twice"));
  if (value.empty() || value.size() > limit || !is_printable(value)) {
    return shape_error(kProperties, std::string("holds no usable ").append(name));
  }
  place = std::move(value);
  return {};
}

Status read_property(const Json& entry, DataAddress& address) {
  if (!entry.is_object()) return shape_error(kProperties, "holds something else than objects");
  const JsonObject& property = entry.get_object();
  Result<std::string> type = get_string(property, "@type");
  if (!type) return fail(type.error());
  if (*type != "EndpointProperty") return shape_error(kProperties, "holds another @type");
  Result<std::string> name = get_string(property, "name");
  if (!name) return fail(name.error());
  Result<std::string> value = get_string(property, "value");
  if (!value) return fail(value.error());
  const bool eclipse = name->starts_with(kEclipse);
  const std::string_view known = eclipse ? std::string_view(*name).substr(kEclipse.size()) : std::string_view(*name);
  if (known == "authorization") return keep(address.token, std::move(*value), known, kTokenLimit);
  // A destination of EDC's calls it baseUrl.
  if (eclipse && (known == "endpoint" || known == "baseUrl")) return keep(address.endpoint, std::move(*value), known, kUrlLimit);
  if (known != "authType") return {};
  Status kept = keep(address.auth_type, std::move(*value), known, 32);
  if (!kept) return kept;
  if (address.auth_type != "bearer") return shape_error(kProperties, "names another authType than bearer");
  return {};
}

JsonObject property(std::string_view name, std::string_view value) {
  return {{"@type", "EndpointProperty"}, {"name", name}, {"value", value}};
}

}  // namespace

std::string DataAddress::authorization() const {
  if (token.empty() || auth_type.empty() || token.starts_with("Bearer ")) return token;
  return "Bearer " + token;
}

Result<DataAddress> parse_data_address(const JsonObject& object) {
  Result<std::string> type = get_string(object, "@type");
  if (!type) return fail(type.error());
  if (*type != "DataAddress") return shape_error("/dataAddress/@type", "is not DataAddress");
  Result<std::optional<std::string>> endpoint_type = get_text(object, "endpointType", kUrlLimit);
  if (!endpoint_type || !*endpoint_type) return shape_error("/dataAddress/endpointType", "is no text");
  Result<std::optional<std::string>> endpoint = get_text(object, "endpoint", kUrlLimit);
  if (!endpoint) return shape_error("/dataAddress/endpoint", "is no text of at most 2048 octets");
  if (*endpoint && !is_printable(**endpoint)) return shape_error("/dataAddress/endpoint", "is no URL");
  DataAddress address{endpoint->value_or(""), ""};
  if (!object.contains("endpointProperties")) return address;
  Result<const JsonArray*> properties = get_array(object, "endpointProperties");
  if (!properties) return fail(properties.error());
  if ((*properties)->empty()) return shape_error(kProperties, "is empty");
  if ((*properties)->size() > kMostProperties) return shape_error(kProperties, "holds more than 32 properties");
  for (const Json& entry : **properties) {
    Status read = read_property(entry, address);
    if (!read) return fail(read.error());
  }
  return address;
}

Json to_json(const DataAddress& address) {
  JsonObject object{{"@type", "DataAddress"}, {"endpointType", kHttp}, {"endpoint", address.endpoint}};
  JsonArray properties;
  if (!address.token.empty()) properties.push_back(property("authorization", address.token));
  if (!address.token.empty() && !address.auth_type.empty()) properties.push_back(property("authType", address.auth_type));
  if (!properties.empty()) object["endpointProperties"] = std::move(properties);
  return object;
}

}  // namespace sekisho::node
