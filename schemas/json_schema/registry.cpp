#include "schemas/json_schema/registry.hpp"

#include <fmt/format.h>

#include "schemas/json_schema/uri.hpp"

namespace sekisho::schemas {
namespace {

constexpr std::size_t kMaxDocuments = 1024;

std::string own_id(const Json& document) {
  if (!document.is_object()) return {};
  const Json* id = document.get_object().if_contains("$id");
  if (id == nullptr || !id->is_string()) return {};
  const auto& text = id->get_string();
  return std::string(split_fragment({text.data(), text.size()}).first);
}

}  // namespace

Status SchemaRegistry::add(Json document) {
  const std::string id = own_id(document);
  if (id.empty()) return fail(Error(Code::JsonShape, "a schema document without \"$id\"").with("pointer", "/$id"));
  return add(id, std::move(document));
}

Status SchemaRegistry::add(std::string_view uri, Json document) {
  const std::string key(split_fragment(uri).first);
  if (documents_.size() >= kMaxDocuments) return fail(Code::LimitExceeded, "more than 1024 schema documents");
  if (documents_.contains(key)) return fail(Code::JsonShape, fmt::format("schema {} is given twice", key));
  const std::string id = own_id(document);
  const auto shared = std::make_shared<const Json>(std::move(document));
  documents_.emplace(key, shared);
  if (!id.empty()) documents_.try_emplace(id, shared);
  return {};
}

std::shared_ptr<const Json> SchemaRegistry::find(std::string_view uri) const {
  const auto found = documents_.find(split_fragment(uri).first);
  return found == documents_.end() ? nullptr : found->second;
}

}  // namespace sekisho::schemas
