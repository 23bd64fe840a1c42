#include "node/dataspace/fields.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sekisho::node {

std::unexpected<Error> shape_error(std::string_view pointer, std::string_view what) {
  return fail(Error(Code::JsonShape, fmt::format("member {} {}", pointer, what)).with("pointer", std::string(pointer)));
}

bool acceptable_id(std::string_view id) {
  return !id.empty() && id.size() <= 256 &&
         std::ranges::none_of(id, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

Result<std::string> get_id(const JsonObject& object, std::string_view name) {
  Result<std::string> id = get_string(object, name);
  if (!id) return id;
  if (!acceptable_id(*id)) return shape_error(fmt::format("/{}", name), "is not an acceptable id");
  return id;
}

Result<ProcessIds> get_ids(const JsonObject& object) {
  Result<std::string> provider = get_id(object, "providerPid");
  if (!provider) return fail(provider.error());
  Result<std::string> consumer = get_id(object, "consumerPid");
  if (!consumer) return fail(consumer.error());
  return ProcessIds{std::move(*provider), std::move(*consumer)};
}

Result<std::optional<std::string>> get_text(const JsonObject& object, std::string_view name, std::size_t limit) {
  Result<std::optional<std::string>> text = get_optional_string(object, name);
  if (text && *text && (*text)->size() > limit) return shape_error(fmt::format("/{}", name), "is too long");
  return text;
}

Status check_head(const JsonObject& object, std::string_view type) {
  const Json* context = object.if_contains("@context");
  if (context == nullptr || !context->is_array()) return shape_error("/@context", "is not an array of strings");
  bool known = false;
  for (const Json& entry : context->get_array()) {
    if (!entry.is_string()) return shape_error("/@context", "is not an array of strings");
    known = known || std::string_view(entry.get_string()) == kDspContext;
  }
  if (!known) return shape_error("/@context", "lacks the context of protocol version 2025-1");
  Result<std::string> found = get_string(object, "@type");
  if (!found) return fail(found.error());
  if (*found != type) return shape_error("/@type", fmt::format("is not {}", type));
  return {};
}

}  // namespace sekisho::node
