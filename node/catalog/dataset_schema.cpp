#include "node/catalog/dataset_schema.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kDocuments = 64;

std::unexpected<Error> refuse(std::string_view pointer, const std::string& why) {
  return fail(
      Error(Code::JsonShape, "member " + std::string(pointer) + " " + why).with("pointer", std::string(pointer)));
}

}  // namespace

Result<std::shared_ptr<const schemas::JsonSchema>> compile_dataset_schema(const Json& schema) {
  if (!schema.is_object()) return refuse("/schema", "is not an object");
  const JsonObject& object = schema.get_object();
  const Status only = only_members(object, {"document", "with"});
  if (!only) return fail(only.error());
  const Json* document = object.if_contains("document");
  if (document == nullptr || !document->is_object()) return refuse("/schema/document", "is not an object");
  schemas::SchemaRegistry registry;
  if (const Json* with = object.if_contains("with"); with != nullptr) {
    if (!with->is_object()) return refuse("/schema/with", "is not an object");
    if (with->get_object().size() > kDocuments)
      return fail(Code::LimitExceeded, "a schema refers to more than 64 documents");
    for (const auto& member : with->get_object()) {
      const Status added = registry.add(std::string_view(member.key()), member.value());
      if (!added) return fail(added.error());
    }
  }
  return schemas::JsonSchema::compile(*document, registry);
}

}  // namespace sekisho::node
