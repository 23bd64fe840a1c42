// Reads the members of one object of a manifest and keeps the first error, so that a table of members stays a table.
// Inside connectors/http only.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/json.hpp"
#include "connectors/http/source_plan.hpp"

namespace sekisho::connectors {

[[nodiscard]] Error manifest_error(const std::string& pointer, const std::string& why);

class Members {
 public:
  // Other members than `known` are an error.
  Members(const JsonObject& object, std::string base, std::initializer_list<std::string_view> known);

  [[nodiscard]] std::string pointer(std::string_view name) const { return base_ + "/" + std::string(name); }
  [[nodiscard]] const Json* find(std::string_view name) const { return object_.if_contains(name); }
  [[nodiscard]] const Status& status() const { return status_; }
  void say(std::string_view name, const std::string& why);
  // The first error of a part that was read on its own.
  void take(const Status& inner);

  // 1 to 2,048 octets without control characters; blank: or none.
  void text(std::string_view name, std::string& out, bool required = false, bool blank = false);
  void number(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most);
  void boolean(std::string_view name, bool& out);
  // "text" or {"secret": "name"}
  void secret_text(std::string_view name, SecretText& out, bool must_be_secret);
  void json_pointer(std::string_view name, std::string& out);
  // The member as an object; null when it is absent or (then an error) of another kind.
  [[nodiscard]] const JsonObject* object(std::string_view name);
  [[nodiscard]] const JsonArray* array(std::string_view name);

 private:
  const JsonObject& object_;
  std::string base_;
  Status status_;
};

// Letters, digits, "-" and "_": of header fields and query parameters.
[[nodiscard]] bool is_plain_name(std::string_view name);
// A query parameter's name may also hold "$", "." and ":".
[[nodiscard]] bool is_parameter_name(std::string_view name);

// https, or http to this machine.
void check_source_url(Members& members, std::string_view name, const std::string& text);

// "headers": [{"name", "value" and/or "secret"}]; at most 16.
void read_fields(Members& members, std::vector<FieldPlan>& out);

// source_plan_auth.cpp, source_plan_stream.cpp, source_plan_query.cpp
[[nodiscard]] Status read_auth(const JsonObject& object, AuthPlan& out);
[[nodiscard]] Result<StreamPlan> read_stream(const JsonObject& object, const std::string& base,
                                             const std::string& dialect);
// "odata" and "bbox", appended to the path. latitude_first: the order of a box that does not say its own.
void read_query(Members& members, bool latitude_first, std::string& path);

}  // namespace sekisho::connectors
