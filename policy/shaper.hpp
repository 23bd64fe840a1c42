// The one function through which data leave: it takes a Plan by type, so that no handler can be written without one.
//
// One pass over newline-delimited JSON: each record is parsed strictly, filtered, reduced, and what was written is
// checked again by a second reading that knows only the plan, and by the dataset's schema where there is one. Any
// misfit ends the whole call with Code::ViewError (help "line", "pointer" and the schema's "keyword" where known) and
// no output; a record that is no strict JSON too. Values never appear in errors.
//
// Thread-safe: one Shaper for each agreement, shared by all threads (working memory is per thread).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "policy/plan.hpp"
#include "schemas/json_schema/json_schema.hpp"

namespace sekisho::policy {

struct Shaped {
  std::string body;  // records, each ended by one newline
  std::size_t rows_in = 0, rows_out = 0, bytes_in = 0, bytes_out = 0;
  bool ended = false;  // a record failed a row that ends; neither it nor what follows it is in the body
};

class Shaper {
 public:
  // schema: of each written record; null: none.
  explicit Shaper(std::shared_ptr<const Plan> plan, std::shared_ptr<const schemas::JsonSchema> schema = nullptr)
      : plan_(std::move(plan)), schema_(std::move(schema)) {}

  [[nodiscard]] Result<Shaped> shape(BytesView ndjson) const;
  [[nodiscard]] Result<Shaped> shape(std::string_view ndjson) const { return shape(as_bytes(ndjson)); }
  // Appends to `into` (rows and bytes add up, so that batches can be shaped one by one; after `ended`
  // nothing is appended any more); on error `into` is as it was.
  [[nodiscard]] Status shape_into(BytesView ndjson, Shaped& into) const;

  [[nodiscard]] const Plan& plan() const { return *plan_; }
  [[nodiscard]] bool has_schema() const { return schema_ != nullptr; }
  // The same with a schema.
  [[nodiscard]] std::shared_ptr<const Shaper> with_schema(std::shared_ptr<const schemas::JsonSchema> schema) const {
    return std::make_shared<const Shaper>(plan_, std::move(schema));
  }

 private:
  std::shared_ptr<const Plan> plan_;
  std::shared_ptr<const schemas::JsonSchema> schema_;
};

[[nodiscard]] Result<Shaped> shape(const Plan& plan, BytesView ndjson);

// A shaper for a view document; null: everything passes. domain: whose pseudonyms; without one, a view that has some is
// Code::ViewError.
[[nodiscard]] Result<std::shared_ptr<const Shaper>> make_shaper(const View* view,
                                                                const PseudonymDomain* domain = nullptr);

}  // namespace sekisho::policy
