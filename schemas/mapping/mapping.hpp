// Writes a record as one of another model, by a template: a JSON document in which some objects are places.
//
//   {"type": "AgriParcel",
//    "id": {"$uri": "urn:ngsi-ld:AgriParcel:{/id}"},
//    "area": {"$from": "/properties/Area"},
//    "location": {"type": {"$from": "/geometry/type", "$in": {"LinearPolygon": "Polygon", "Polygon": "Polygon"}},
//                 "coordinates": {"$from": "/geometry/coordinates"}}}
//
//   {"$from": pointer}   the value there, whatever it is
//   {"$text": text}      the text with each {pointer} in it replaced by the scalar there
//   {"$uri": text}       the same, what is put in percent-encoded
// beside them: "$in": an object, the place takes its member of that name; a name that it has not is an error unless
// there is
// "$else"; "$as": "number" reads a text as a number; "$else": what stands there when a value is missing or null.
// Everything else stands as written. A missing value without "$else" leaves its member out, and its whole array.
//
// parse: Code::JsonShape with help "pointer" into the template. apply: Code::JsonShape with help "pointer" into the
// record, Code::LimitExceeded when the result would pass 1 MiB or 100,000 values; values never appear in errors.
// Immutable; thread-safe.
#pragma once

#include <memory>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::schemas {

struct Template;

class Mapping {
 public:
  [[nodiscard]] static Result<Mapping> parse(const Json& document);
  [[nodiscard]] Result<Json> apply(const Json& record) const;

  explicit Mapping(std::shared_ptr<const Template> root) : root_(std::move(root)) {}

 private:
  std::shared_ptr<const Template> root_;
};

}  // namespace sekisho::schemas
