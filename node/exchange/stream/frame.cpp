#include "node/exchange/stream/frame.hpp"

#include "trust/evidence/commitment.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kLength = 4;

void append_length(std::string& out, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((length >> shift) & 0xff);
}

std::size_t read_length(std::string_view at) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < kLength; ++i) out = out << 8 | static_cast<unsigned char>(at[i]);
  return out;
}

}  // namespace

std::string encode_frame(std::string_view chunk, BytesView envelope) {
  std::string out;
  out.reserve(2 * kLength + chunk.size() + envelope.size());
  append_length(out, chunk.size());
  out += chunk;
  append_length(out, envelope.size());
  out += as_text(envelope);
  return out;
}

Status FrameReader::feed(std::string_view octets) {
  if (ended_ && !octets.empty()) return fail(Code::Framing, "octets after the end of a stream");
  buffer_ += octets;
  return {};
}

Result<std::optional<StreamFrame>> FrameReader::next() {
  const std::string_view held = buffer_;
  if (held.size() < kLength) return std::optional<StreamFrame>();
  const std::size_t chunk = read_length(held);
  if (chunk > trust::kChunkBytes) return fail(Code::Framing, "a chunk of a stream is over 1 MiB");
  if (held.size() < 2 * kLength + chunk) return std::optional<StreamFrame>();
  const std::size_t envelope = read_length(held.substr(kLength + chunk));
  if (envelope == 0 || envelope > kMostFrameEnvelope)
    return fail(Code::Framing, "a frame's statement has an impossible length");
  const std::size_t whole = 2 * kLength + chunk + envelope;
  if (held.size() < whole) return std::optional<StreamFrame>();
  StreamFrame out{std::string(held.substr(kLength, chunk)), to_bytes(held.substr(2 * kLength + chunk, envelope))};
  if (chunk == 0) {
    ended_ = true;
    if (held.size() > whole) return fail(Code::Framing, "octets after the end of a stream");
  }
  buffer_.erase(0, whole);
  return std::optional<StreamFrame>(std::move(out));
}

}  // namespace sekisho::node
