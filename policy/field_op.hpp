// What a view does to one member, and how two views' operations combine. Values.
//
//   Keep < Round < { Generalise, Mask, Pseudonym } < null < Redact to a text < Redact < Drop
//
// What combines must show nothing that one of both hides. A mask shows the end of a text, a generalisation its
// beginning or its order of size, a pseudonym which values are the same: none of them shows less than another, so two
// of different kinds, families or classes combine to null ("generalise": "none"). Within one the parameter decides.
#pragma once

#include <cstdint>
#include <string>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::policy {

inline constexpr unsigned kMaskMax = 64;
inline constexpr unsigned kDecimalsMax = 9;
inline constexpr unsigned kPrefixMax = 64;
inline constexpr std::uint64_t kBandMax = 1'000'000'000'000;
inline constexpr std::size_t kOpTextMax = 64;

struct FieldOp {
  enum class Kind : std::uint8_t { Keep, Round, Generalise, Mask, Pseudonym, Redact, Drop };
  enum class Family : std::uint8_t { None, Date, Instant, Band, Prefix };  // of Generalise; None: null is written
  Kind kind = Kind::Drop;
  unsigned shown = 0;  // Mask: characters
  Family family = Family::None;
  std::uint64_t level = 0;  // Round: decimals; Date, Instant: 0 day, 1 month, 2 year; Band: width; Prefix: characters
  std::string text{};       // Pseudonym: class; Redact: what is written, empty: null
  bool reference = false;   // Pseudonym: of a FHIR reference, whose form stays
  bool operator==(const FieldOp&) const = default;
};

[[nodiscard]] FieldOp stronger(const FieldOp& a, const FieldOp& b);
// Code::InvalidArgument, without the value.
[[nodiscard]] Result<FieldOp> field_op_from_json(const Json& value);
[[nodiscard]] Json to_json(const FieldOp& op);

}  // namespace sekisho::policy
