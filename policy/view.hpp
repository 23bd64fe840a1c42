// What of a dataset's records may leave, as a document with a name of its own content:
//
//   {"media": "application/x-ndjson",
//    "rows": [{"pointer": "/lot", "op": "eq", "value": "L-2026-11"}],
//    "fields": {"/lot": "keep", "/grower": "keep", "/grower/name": "drop", "/phone": {"mask": 4}, "/**/growerName":
//    "drop"}}
//
// rows: all must hold; op eq, neq (value: string, integer, boolean or null) or in (value: a list of those). With `*` in
// the pointer eq and in hold when one element fits, neq when there are elements and all differ. A missing member never
// fits. A record that all rows but one with "ends": true let pass ends a stream (consent withdrawn).
// fields: what is not listed is left out; the nearest entry at or above a member decides. `*` is every element of an
// array. Operations: policy/field_op.hpp; what is listed below one that writes another value counts only in a join with
// another view. "/**/name" is every member of that name at any depth; it only takes away from what the other entries
// let pass, and reaches each element of an array. "/**/parent/name" is every member of that name in an object that is
// the value of `parent` or stands in its arrays, and decides there instead of "/**/name". "/**/*" is every member whose
// name has no such entry: with "drop", the names listed are the only ones that leave.
// empty: "drop" leaves out objects and arrays that have nothing in them. epoch: a new one gives new pseudonyms.
// schemaDigest: 64 hex digits, not interpreted yet.
//
// {"preset": "fhir-deidentify@1", …} is the view of that name (policy/preset.hpp); what else is said only takes away
// from it ("fields" then needs no entry for the record). document() and digest() are of the whole, so that what an
// agreement names cannot change with a preset.
//
// Errors: Code::ViewError at parsing too, with help "pointer". Values; immutable after parsing.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/json.hpp"
#include "policy/field_op.hpp"

namespace sekisho::policy {

inline constexpr std::string_view kViewPrefix = "urn:sekisho:view:sha-256:";
inline constexpr std::size_t kViewFields = 1024;
inline constexpr std::size_t kViewRows = 64;
inline constexpr std::size_t kViewValues = 1024;

// monostate: null.
using RowValue = std::variant<std::monostate, bool, std::int64_t, std::string>;

struct RowRule {
  enum class Op : std::uint8_t { Eq, Neq, In };
  std::string pointer;
  Op op = Op::Eq;
  std::vector<RowValue> values;  // one for eq and neq; sorted, unique for in
  bool ends = false;
  bool operator==(const RowRule&) const = default;
  auto operator<=>(const RowRule&) const = default;
};

class View {
 public:
  [[nodiscard]] static Result<View> parse(const Json& document);

  [[nodiscard]] const std::vector<RowRule>& rows() const { return rows_; }
  [[nodiscard]] const std::map<std::string, FieldOp, std::less<>>& fields() const { return fields_; }
  // Of "/**/name" (parent empty), with "*" for all others, and "/**/parent/name".
  using Names = std::map<std::pair<std::string, std::string>, FieldOp>;
  [[nodiscard]] const Names& names() const { return names_; }
  // Keep when nothing is said.
  [[nodiscard]] FieldOp at_any_depth(std::string_view name, std::string_view parent = {}) const;
  [[nodiscard]] bool drop_empty() const { return drop_empty_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] bool pseudonyms() const;  // needs a key
  // What happens to a member: the nearest entry at or above it, Drop when there is none.
  [[nodiscard]] FieldOp effective(std::string_view pointer) const;

  [[nodiscard]] const Json& document() const { return document_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }  // SHA-256 of the document's canonical JSON
  [[nodiscard]] std::string id() const;                           // urn:sekisho:view:sha-256:<hex>

 private:
  friend Result<View> join(const View& a, const View& b);
  std::vector<RowRule> rows_;
  std::map<std::string, FieldOp, std::less<>> fields_;
  Names names_;
  std::uint64_t epoch_ = 0;
  bool drop_empty_ = false;
  std::string schema_digest_;
  Json document_;
  Digest digest_{};
};

// Both at once: rows by AND, each field and each name by the stronger operation, the later epoch, without empty
// members if one of both says so. Associative, commutative and idempotent up to the first normalisation. Code::ViewError when the schemas differ.
[[nodiscard]] Result<View> join(const View& a, const View& b);

[[nodiscard]] Result<Digest> view_digest_from_id(std::string_view id);

}  // namespace sekisho::policy
