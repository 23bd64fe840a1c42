// The least view that is at least as strict as two others.
#include <algorithm>
#include <set>

#include "policy/view.hpp"

namespace sekisho::policy {
namespace {

using Fields = std::map<std::string, FieldOp, std::less<>>;

std::string_view parent(std::string_view pointer) { return pointer.substr(0, pointer.rfind('/')); }

// The entry above a pointer that decides when the pointer has none of its own.
FieldOp above(const Fields& fields, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer = parent(pointer);
    const auto entry = fields.find(pointer);
    if (entry != fields.end()) return entry->second;
  }
  return {};
}

// An entry that says what the one above it says changes nothing. Parents come before their children.
Fields reduced(const Fields& all) {
  Fields out;
  for (const auto& [pointer, op] : all) {
    if (above(out, pointer) != op) out.emplace(pointer, op);
  }
  return out;
}

Json value_json(const RowValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return Json(*truth);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return Json(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return Json(*text);
  return Json(nullptr);
}

Json row_json(const RowRule& row) {
  constexpr std::array<std::string_view, 3> kNames{"eq", "neq", "in"};
  Json value;
  if (row.op == RowRule::Op::In) {
    JsonArray list;
    for (const RowValue& one : row.values) list.push_back(value_json(one));
    value = std::move(list);
  } else {
    value = value_json(row.values.front());
  }
  JsonObject out{
      {"pointer", row.pointer}, {"op", kNames[static_cast<std::size_t>(row.op)]}, {"value", std::move(value)}};
  if (row.ends) out["ends"] = true;
  return out;
}

void append_token(std::string& out, std::string_view token) {
  out += '/';
  for (const char c : token) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
}

// above: the parent, or empty.
std::string any_depth(std::string_view above, std::string_view name) {
  std::string out = "/**";
  if (!above.empty()) append_token(out, above);
  append_token(out, name);
  return out;
}

}  // namespace

Result<View> join(const View& a, const View& b) {
  if (!a.schema_digest_.empty() && !b.schema_digest_.empty() && a.schema_digest_ != b.schema_digest_) {
    return fail(Error(Code::ViewError, "the views are of different schemas").with("pointer", "/schemaDigest"));
  }
  Fields all;
  for (const View* view : {&a, &b}) {
    for (const auto& entry : view->fields_)
      all.emplace(entry.first, stronger(a.effective(entry.first), b.effective(entry.first)));
  }
  JsonObject fields;
  for (const auto& [pointer, op] : reduced(all)) fields[pointer] = to_json(op);
  std::set<RowRule> rows(a.rows_.begin(), a.rows_.end());
  rows.insert(b.rows_.begin(), b.rows_.end());
  // "*" first: what says the same about a name as it does says nothing. Then each name, then each below a parent.
  View::Names names;
  for (const View* view : {&a, &b}) {
    for (const auto& [key, op] : view->names_)
      names.emplace(key, stronger(a.at_any_depth(key.second, key.first), b.at_any_depth(key.second, key.first)));
  }
  FieldOp keep;
  keep.kind = FieldOp::Kind::Keep;
  const auto others = names.find({"", "*"});
  const FieldOp other = others == names.end() ? keep : others->second;
  if (other.kind != FieldOp::Kind::Keep) fields["/**/*"] = to_json(other);
  for (const auto& [key, op] : names) {
    const auto& [above, name] = key;
    if (above.empty() && (name == "*" || op == other)) continue;
    const auto plain = names.find({"", name});
    if (!above.empty() && op == (plain == names.end() ? other : plain->second)) continue;
    fields[any_depth(above, name)] = to_json(op);
  }
  JsonObject document{{"media", "application/x-ndjson"}, {"fields", std::move(fields)}};
  if (!rows.empty()) {
    JsonArray list;
    for (const RowRule& row : rows) list.push_back(row_json(row));
    document["rows"] = std::move(list);
  }
  if (a.drop_empty_ || b.drop_empty_) document["empty"] = "drop";
  const std::uint64_t epoch = std::max(a.epoch_, b.epoch_);
  if (epoch != 0) document["epoch"] = static_cast<std::int64_t>(epoch);
  const std::string& schema = a.schema_digest_.empty() ? b.schema_digest_ : a.schema_digest_;
  if (!schema.empty()) document["schemaDigest"] = schema;
  return View::parse(document);
}

}  // namespace sekisho::policy
