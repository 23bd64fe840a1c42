// Where a reader of one long body stands, and whether an answer goes on from there. Pure.
//
// Cursor: {"v":1,"kind":"octets","at":4096,"size":…,"etag":…,"modified":…}: octets that are done, and what tells the
// body from a later one under the same name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/http/client.hpp"

namespace sekisho::connectors {

struct LongPosition {
  std::uint64_t at = 0;
  std::optional<std::uint64_t> size;
  std::string etag, modified;

  // Whether a later call can go on from here.
  [[nodiscard]] bool lasting() const { return size || !etag.empty() || !modified.empty(); }
};

[[nodiscard]] std::string write_cursor(const LongPosition& position);
// SourceFailed when it is none.
[[nodiscard]] Result<LongPosition> read_long_cursor(std::string_view text);

// Range and If-Range; nothing from the start.
void ask_from(const LongPosition& position, http::Headers& headers);

// How many octets of the answer (status 200 or 206) come again and are to be passed over; fills in what the answer
// says of its body. SourceFailed when the body is another one or the answer starts elsewhere.
[[nodiscard]] Result<std::uint64_t> go_on(const http::ClientResponse& head, LongPosition& position);

}  // namespace sekisho::connectors
