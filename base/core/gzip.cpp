#include "base/core/gzip.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "base/core/limits.hpp"

namespace sekisho {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 16 asks for the gzip wrapper, and for no other

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) std::abort();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

// What the content may come to: the caller's limit, or less where the input is too small for an honest one.
std::size_t allowed(std::size_t compressed, std::size_t limit) {
  return std::min(limit, std::max(limits::kGzipRatioFloor, compressed * limits::kGzipRatio));
}

}  // namespace

Result<Bytes> gunzip(BytesView compressed, std::size_t limit) {
  // zlib counts in 32 bits; nothing the project reads comes near.
  if (compressed.size() > std::numeric_limits<uInt>::max() / limits::kGzipRatio) {
    return fail(Code::LimitExceeded, "a gzip body that is too large");
  }
  const std::size_t most = allowed(compressed.size(), limit);
  Inflater inflater;
  z_stream& stream = inflater.stream();
  stream.next_in = const_cast<Bytef*>(compressed.data());
  stream.avail_in = static_cast<uInt>(compressed.size());
  Bytes out;
  std::array<std::uint8_t, 16384> part;
  for (int verdict = Z_OK; verdict != Z_STREAM_END;) {
    stream.next_out = part.data();
    stream.avail_out = static_cast<uInt>(part.size());
    verdict = inflate(&stream, Z_NO_FLUSH);
    if (verdict != Z_OK && verdict != Z_STREAM_END) {
      return fail(Code::GzipFormat, fmt::format("not gzip, damaged or cut off after {} bytes", stream.total_in));
    }
    const BytesView more = BytesView(part).first(part.size() - stream.avail_out);
    if (out.size() + more.size() > most) {
      return fail(Code::LimitExceeded, fmt::format("gzip content over {} bytes from {}", most, compressed.size()));
    }
    append(out, more);
  }
  if (stream.avail_in != 0) return fail(Code::GzipFormat, "octets after the end of the gzip member");
  return out;
}

Bytes gzip(BytesView content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();
  gz_header header{};
  header.os = 255;  // unknown (RFC 1952 section 2.3)
  deflateSetHeader(&stream, &header);
  Bytes out(deflateBound(&stream, content.size()));
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int verdict = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (verdict != Z_STREAM_END) std::abort();  // deflateBound makes it fit
  return out;
}

}  // namespace sekisho
