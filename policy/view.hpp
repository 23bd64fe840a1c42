// What of a dataset's records may leave, as a document with a name of its own content:
//
//   {"media": "application/x-ndjson",
//    "rows": [{"pointer": "/lot", "op": "eq", "value": "L-2026-11"}],
//    "fields": {"/lot": "keep", "/grower": "keep", "/grower/name": "drop", "/phone": {"mask": 4}, "/**/growerName":
//    "drop"}}
//
// rows: all must hold; op eq, neq (value: string, integer, boolean or null) or in (value: a list of those). With `*` in
// the pointer eq and in hold when one element fits, neq when there are elements and all differ. A missing member never
// fits. fields: what is not listed is left out; the nearest entry at or above a member decides. `*` is every element of
// an array. mask n writes **** and the last n characters of a string, all stars when it has no more than n; what is
// listed below a mask counts only in a join with another view. "/**/name": "drop" removes every member of that name at
// any depth, whatever else is listed. schemaDigest: 64 hex digits, not interpreted yet.
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

namespace sekisho::policy {

inline constexpr std::string_view kViewPrefix = "urn:sekisho:view:sha-256:";
inline constexpr std::size_t kViewFields = 1024;
inline constexpr std::size_t kViewRows = 64;
inline constexpr std::size_t kViewValues = 1024;
inline constexpr unsigned kMaskMax = 64;

// Keep < Mask (the fewer characters shown the stronger) < Drop.
struct FieldOp {
  enum class Kind : std::uint8_t { Keep, Mask, Drop };
  Kind kind = Kind::Drop;
  unsigned shown = 0;  // Mask
  bool operator==(const FieldOp&) const = default;
};
[[nodiscard]] FieldOp stronger(FieldOp a, FieldOp b);

// monostate: null.
using RowValue = std::variant<std::monostate, bool, std::int64_t, std::string>;

struct RowRule {
  enum class Op : std::uint8_t { Eq, Neq, In };
  std::string pointer;
  Op op = Op::Eq;
  std::vector<RowValue> values;  // one for eq and neq; sorted, unique for in
  bool operator==(const RowRule&) const = default;
  auto operator<=>(const RowRule&) const = default;
};

class View {
 public:
  [[nodiscard]] static Result<View> parse(const Json& document);

  [[nodiscard]] const std::vector<RowRule>& rows() const { return rows_; }
  [[nodiscard]] const std::map<std::string, FieldOp, std::less<>>& fields() const { return fields_; }
  [[nodiscard]] const std::vector<std::string>& dropped_names() const {
    return dropped_names_;
  }  // of "/**/name", sorted
  // What happens to a member: the nearest entry at or above it, Drop when there is none.
  [[nodiscard]] FieldOp effective(std::string_view pointer) const;

  [[nodiscard]] const Json& document() const { return document_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }  // SHA-256 of the document's canonical JSON
  [[nodiscard]] std::string id() const;                           // urn:sekisho:view:sha-256:<hex>

 private:
  friend Result<View> join(const View& a, const View& b);
  std::vector<RowRule> rows_;
  std::map<std::string, FieldOp, std::less<>> fields_;
  std::vector<std::string> dropped_names_;
  std::string schema_digest_;
  Json document_;
  Digest digest_{};
};

// Both at once: rows by AND, each field by the stronger operation, names dropped by either are dropped. Associative,
// commutative and idempotent up to the first normalisation. Code::ViewError when the schemas differ.
[[nodiscard]] Result<View> join(const View& a, const View& b);

[[nodiscard]] Result<Digest> view_digest_from_id(std::string_view id);

}  // namespace sekisho::policy
