// What a CatalogRequestMessage may ask for in `filter` (DSP 2025-1 leaves the shape to the provider): a list of
// conditions that must all hold.
//   {"text": "strawberry temperature"}                                   words of any field, by their beginnings
//   {"operandLeft": FIELD, "operator": OP, "operandRight": VALUE}        as the connectors of EDC send them
//   {"@type": "QuerySpec", "offset": 0, "limit": 50, "sortOrder": "ASC", "filterExpression": [ …the same… ]}
//                                                                        EDC's query, at most one; each member optional,
//                                                                        no other order than the catalogue's own
// FIELD: id, title, mediaType, conformsTo, purpose; "@id", and names of EDC's and the dataspace namespace, mean the
// same. OP: "=" or "like", whose % stands for any text at the beginning and the end.
//
// Code::InvalidArgument with help "pointer" for anything else: a filter that was not understood must not look like one
// that was. Pure; callable from every thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

// The texts of a dataset that conditions look at.
struct CatalogTexts {
  std::string_view id;
  std::string_view title;
  std::string_view media;
  std::string_view conforms_to;
  const std::vector<std::string>& purposes;
};

class CatalogFilter {
 public:
  static constexpr std::size_t kConditions = 16;
  static constexpr std::size_t kText = 512;

  [[nodiscard]] static Result<CatalogFilter> parse(const JsonArray& filter);

  [[nodiscard]] bool empty() const { return words_.empty() && conditions_.empty(); }
  // Of EDC's query: how many fitting datasets to leave out, and how many to show; 0: not said.
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t limit() const { return limit_; }
  // For the text index; empty: all datasets.
  [[nodiscard]] const std::string& words() const { return words_; }
  // The one id that can fit, where a condition names it; empty: any.
  [[nodiscard]] std::string_view id() const;
  // The conditions besides the words.
  [[nodiscard]] bool fits(const CatalogTexts& texts) const;

 private:
  enum class Field : std::uint8_t { Id, Title, Media, ConformsTo, Purpose };
  enum class Match : std::uint8_t { Equal, Begins, Ends, Contains };
  struct Condition {
    Field field;
    Match match;
    std::string value;
    [[nodiscard]] bool fits(std::string_view text) const;
  };

  [[nodiscard]] Status add(const Json& element, const std::string& pointer, bool nested);
  [[nodiscard]] Status add_query(const JsonObject& object, const std::string& pointer);
  [[nodiscard]] static Result<Condition> condition(const JsonObject& object, const std::string& pointer);

  std::size_t offset_ = 0;
  std::size_t limit_ = 0;
  bool queried_ = false;
  std::string words_;
  std::vector<Condition> conditions_;
};

}  // namespace sekisho::node
