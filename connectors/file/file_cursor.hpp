// Where a file source goes on: {"v": 1, "file": "b.ndjson", "offset": 8192, "record": 57}, or {"v": 1, "offset": 8192}
// of an opaque body. "file" is the name within the folder, "record" counts from the start of the stream.
#pragma once

#include <cstdint>
#include <string>

#include "base/core/result.hpp"

namespace sekisho::connectors {

struct FileCursor {
  std::string file;  // empty: an opaque body
  std::uint64_t offset = 0;
  std::uint64_t record = 0;
};

[[nodiscard]] std::string to_text(const FileCursor& cursor);
[[nodiscard]] Result<FileCursor> parse_file_cursor(const std::string& text, bool opaque);

}  // namespace sekisho::connectors
