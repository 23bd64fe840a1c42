#include "policy/view.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/keep_tree.hpp"
#include "base/core/limits.hpp"
#include "base/crypto/digest.hpp"
#include "policy/preset.hpp"

namespace sekisho::policy {
namespace {

constexpr std::string_view kMedia = "application/x-ndjson";
constexpr std::string_view kAnyDepth = "/**/";

std::unexpected<Error> refuse(std::string pointer, std::string_view what) {
  return fail(
      Error(Code::ViewError, fmt::format("view member '{}' {}", pointer, what)).with("pointer", std::move(pointer)));
}

// As a token of the pointer into the document (RFC 6901).
std::string member_of(std::string_view parent, std::string_view name) {
  std::string out = fmt::format("{}/", parent);
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

// Every pointer has one spelling, so that its parent is what stands before the last '/'.
std::string_view parent(std::string_view pointer) { return pointer.substr(0, pointer.rfind('/')); }

bool has_any_depth(const FieldPath& path) { return std::ranges::find(path.tokens(), "**") != path.tokens().end(); }

// Of "/**/name" and "/**/parent/name".
std::optional<std::pair<std::string, std::string>> name_key(std::string_view pointer, const FieldPath& path) {
  const std::vector<std::string>& tokens = path.tokens();
  if (!pointer.starts_with(kAnyDepth)) return std::nullopt;
  if (tokens.size() == 2 && tokens[1] != "**") return std::pair(std::string(), tokens[1]);
  if (tokens.size() != 3 || tokens[1].empty()) return std::nullopt;
  const auto wild = [](const std::string& token) { return token == "*" || token == "**"; };
  if (wild(tokens[1]) || wild(tokens[2])) return std::nullopt;
  return std::pair(tokens[1], tokens[2]);
}

// The preset, and what the document takes away from it.
Result<View> with_preset(const JsonObject& object) {
  const Json& name = *object.if_contains("preset");
  const std::optional<Json> known = name.is_string() ? preset_document(name.get_string()) : std::nullopt;
  if (!known) return refuse("/preset", "is not one that this node knows");
  Result<View> preset = View::parse(*known);
  if (!preset) return preset;
  JsonObject rest(object);
  rest.erase("preset");
  if (!rest.contains("fields")) rest["fields"] = JsonObject();
  if (rest["fields"].is_object() && !rest["fields"].get_object().contains("")) rest["fields"].get_object()[""] = "keep";
  Result<View> own = View::parse(rest);
  if (!own) return own;
  return join(*preset, *own);
}

Result<RowValue> row_value(const Json& value, const std::string& pointer) {
  if (value.is_null()) return RowValue(std::monostate());
  if (value.is_bool()) return RowValue(value.get_bool());
  if (value.is_int64()) return RowValue(value.get_int64());
  if (value.is_string()) return RowValue(std::string(std::string_view(value.get_string())));
  return refuse(pointer, "is not a string, integer, boolean or null");
}

Result<RowRule> row_rule(const Json& row, const std::string& pointer) {
  if (!row.is_object()) return refuse(pointer, "is not an object");
  const JsonObject& object = row.get_object();
  if (Status only = only_members(object, {"pointer", "op", "value", "ends"}); !only)
    return refuse(pointer, "has an unknown member");
  RowRule out;
  const Result<std::string> path_text = get_string(object, "pointer");
  const Result<FieldPath> path = path_text ? FieldPath::parse(*path_text) : fail(path_text.error());
  if (!path || path->tokens().empty() || has_any_depth(*path))
    return refuse(pointer + "/pointer", "is not a JSON pointer to a member");
  out.pointer = *path_text;
  const Result<std::string> op = get_string(object, "op");
  if (op && *op == "eq")
    out.op = RowRule::Op::Eq;
  else if (op && *op == "neq")
    out.op = RowRule::Op::Neq;
  else if (op && *op == "in")
    out.op = RowRule::Op::In;
  else
    return refuse(pointer + "/op", "is not eq, neq or in");
  if (const Json* ends = object.if_contains("ends")) {
    if (!ends->is_bool()) return refuse(pointer + "/ends", "is not true or false");
    out.ends = ends->get_bool();
  }
  const std::string at = pointer + "/value";
  const Json* value = object.if_contains("value");
  if (value == nullptr) return refuse(at, "is missing");
  if (out.op != RowRule::Op::In) {
    Result<RowValue> one = row_value(*value, at);
    if (!one) return fail(one.error());
    out.values.push_back(std::move(*one));
    return out;
  }
  if (!value->is_array() || value->get_array().empty() || value->get_array().size() > kViewValues) {
    return refuse(at, fmt::format("is not a list of 1 … {} values", kViewValues));
  }
  for (const Json& item : value->get_array()) {
    Result<RowValue> one = row_value(item, at);
    if (!one) return fail(one.error());
    out.values.push_back(std::move(*one));
  }
  std::ranges::sort(out.values);
  const auto doubles = std::ranges::unique(out.values);
  out.values.erase(doubles.begin(), doubles.end());
  return out;
}

}  // namespace

Result<View> View::parse(const Json& document) {
  if (!document.is_object()) return refuse("", "is not an object");
  const JsonObject& object = document.get_object();
  if (object.contains("preset")) return with_preset(object);
  if (Status only = only_members(object, {"schemaDigest", "media", "rows", "fields", "epoch", "empty"}); !only)
    return refuse("", "has an unknown member");
  View out;
  if (const Json* schema = object.if_contains("schemaDigest")) {
    if (!schema->is_string() || !digest_from_hex(schema->get_string()))
      return refuse("/schemaDigest", "is not 64 lower-case hex digits");
    out.schema_digest_ = std::string_view(schema->get_string());
  }
  if (const Json* media = object.if_contains("media")) {
    if (!media->is_string() || std::string_view(media->get_string()) != kMedia)
      return refuse("/media", fmt::format("is not {}", kMedia));
  }
  if (const Json* epoch = object.if_contains("epoch")) {
    if (!epoch->is_int64() || epoch->get_int64() < 0 || epoch->get_int64() > limits::kJsonInteger)
      return refuse("/epoch", "is not an integer from 0");
    out.epoch_ = static_cast<std::uint64_t>(epoch->get_int64());
  }
  if (const Json* empty = object.if_contains("empty")) {
    if (!empty->is_string() || std::string_view(empty->get_string()) != "drop") return refuse("/empty", "is not drop");
    out.drop_empty_ = true;
  }
  if (const Json* rows = object.if_contains("rows")) {
    if (!rows->is_array() || rows->get_array().size() > kViewRows)
      return refuse("/rows", fmt::format("is not a list of at most {}", kViewRows));
    for (std::size_t i = 0; i < rows->get_array().size(); ++i) {
      Result<RowRule> row = row_rule(rows->get_array()[i], fmt::format("/rows/{}", i));
      if (!row) return fail(row.error());
      out.rows_.push_back(std::move(*row));
    }
  }
  const Json* fields = object.if_contains("fields");
  if (fields == nullptr || !fields->is_object() || fields->get_object().size() > kViewFields) {
    return refuse("/fields", fmt::format("is not an object of at most {} members", kViewFields));
  }
  for (const auto& [name, value] : fields->get_object()) {
    const std::string at = member_of("/fields", name);
    const Result<FieldPath> path = FieldPath::parse(name);
    if (!path) return refuse(at, "is not a JSON pointer");
    const Result<FieldOp> op = field_op_from_json(value);
    if (!op) return refuse(at, "is not an operation");
    if (!has_any_depth(*path)) {
      out.fields_.emplace(std::string(std::string_view(name)), *op);
      continue;
    }
    std::optional<std::pair<std::string, std::string>> key = name_key(name, *path);
    if (!key) return refuse(at, "may use ** only as /**/name and /**/parent/name");
    out.names_.emplace(std::move(*key), *op);
  }
  const Result<std::string> canonical = canonical_json(document);
  if (!canonical) return refuse("", "has no canonical form");
  out.document_ = document;
  out.digest_ = sha256(as_bytes(*canonical));
  return out;
}

FieldOp View::effective(std::string_view pointer) const {
  for (;;) {
    const auto entry = fields_.find(pointer);
    if (entry != fields_.end()) return entry->second;
    if (pointer.empty()) return {};
    pointer = parent(pointer);
  }
}

FieldOp View::at_any_depth(std::string_view name, std::string_view parent) const {
  const auto of = [this](std::string_view above, std::string_view member) {
    return names_.find({std::string(above), std::string(member)});
  };
  auto entry = parent.empty() ? names_.end() : of(parent, name);
  if (entry == names_.end()) entry = of("", name);
  if (entry == names_.end()) entry = of("", "*");
  FieldOp none;
  none.kind = FieldOp::Kind::Keep;
  return entry == names_.end() ? none : entry->second;
}

bool View::pseudonyms() const {
  const auto needs = [](const auto& entry) { return entry.second.kind == FieldOp::Kind::Pseudonym; };
  return std::ranges::any_of(fields_, needs) || std::ranges::any_of(names_, needs);
}

std::string View::id() const { return std::string(kViewPrefix) + to_hex(digest_); }

Result<Digest> view_digest_from_id(std::string_view id) {
  if (!id.starts_with(kViewPrefix)) return fail(Code::ViewError, "not the name of a view");
  return digest_from_hex(id.substr(kViewPrefix.size()));
}

}  // namespace sekisho::policy
