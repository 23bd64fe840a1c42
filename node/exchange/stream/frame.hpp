// The framing of application/vnd.sekisho.stream (formats.md 5), sans I/O:
//
//   frame = be32 chunk length ‖ chunk ‖ be32 statement length ‖ Envelope (Protobuf)
//
// A chunk of 1 octet to 1 MiB comes with its sealed head; a frame without a chunk holds the sealed end and is the last.
// Errors: Code::Framing for a length out of bounds and for octets after the end. Values; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

inline constexpr std::string_view kStreamMedia = "application/vnd.sekisho.stream";
inline constexpr std::size_t kMostFrameEnvelope = 32U << 10;

struct StreamFrame {
  std::string chunk;  // empty: the end
  Bytes envelope;
};

// chunk at most trust::kChunkBytes, envelope at most kMostFrameEnvelope.
[[nodiscard]] std::string encode_frame(std::string_view chunk, BytesView envelope);

class FrameReader {
 public:
  // Feeds what arrived; holds at most one frame and one read beyond it.
  [[nodiscard]] Status feed(std::string_view octets);
  // The next whole frame; nullopt when more octets are needed.
  [[nodiscard]] Result<std::optional<StreamFrame>> next();
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string buffer_;
  bool ended_ = false;
};

}  // namespace sekisho::node
