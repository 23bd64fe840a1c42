// The chunked coding (RFC 9112 section 7.1), decoded strictly: sizes of at most 16 hexadecimal digits, extensions of
// at most 256 octets ignored, every line ended by CRLF, trailer fields refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.hpp"

namespace sekisho::http {

class ChunkedDecoder {
 public:
  static constexpr std::size_t kMostExtension = 256;

  // limit: octets of the decoded body; over it Code::BodyTooLarge.
  explicit ChunkedDecoder(std::size_t limit) : limit_(limit) {}

  // Appends decoded octets to out; returns how many of `in` were used: all, or fewer when the body ended.
  [[nodiscard]] Result<std::size_t> feed(std::string_view in, std::string& out);
  [[nodiscard]] bool done() const { return state_ == State::Done; }
  [[nodiscard]] std::uint64_t decoded() const { return decoded_; }

 private:
  enum class State : std::uint8_t { Size, Extension, SizeLf, Data, DataCr, DataLf, EndCr, EndLf, Done };
  Status size_digit(char c);

  State state_ = State::Size;
  std::size_t limit_;
  std::uint64_t size_ = 0;  // still to come of the present chunk
  std::uint64_t decoded_ = 0;
  std::size_t digits_ = 0;
  std::size_t extension_ = 0;
};

}  // namespace sekisho::http
