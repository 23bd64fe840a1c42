// How json_stream holds a parsed record: its values in document order, flat. Only json_stream's own files include it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/core/json_stream.hpp"

namespace sekisho {

struct TapeNode {
  FieldKind kind = FieldKind::Absent;
  bool boolean = false;
  std::uint32_t next = 0;         // index after this value and everything below it
  std::string_view name;          // of a member, unescaped
  std::string_view name_raw;      // its source text between the quotes
  std::string_view raw;           // scalars: source text
  std::string_view text;          // strings: unescaped
};

struct RecordTape {
  std::vector<TapeNode> nodes;  // nodes[0] is the record
};

[[nodiscard]] FieldValue field_value(const TapeNode& node);

}  // namespace sekisho
