// The schema documents that a compilation may refer to, by absolute URI. They are given, never fetched.
//
// A document is found by the URI it was added under and by its own "$id". Copies share the documents; adding while
// another thread compiles is not allowed, compiling from many threads is.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/json.hpp"

namespace sekisho::schemas {

class SchemaRegistry {
 public:
  // JsonShape when the document has no "$id", LimitExceeded beyond 1024 documents, JsonShape for a URI given twice.
  [[nodiscard]] Status add(Json document);
  [[nodiscard]] Status add(std::string_view uri, Json document);

  // Null when nobody gave it. An empty fragment in `uri` does not matter.
  [[nodiscard]] std::shared_ptr<const Json> find(std::string_view uri) const;

 private:
  std::map<std::string, std::shared_ptr<const Json>, std::less<>> documents_;
};

}  // namespace sekisho::schemas
