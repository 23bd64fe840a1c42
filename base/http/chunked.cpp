#include "base/http/chunked.hpp"

#include <algorithm>

namespace sekisho::http {
namespace {

std::unexpected<Error> refuse(const char* what) { return fail(Code::Framing, what); }

bool is_extension_octet(char c) { return c == '\t' || (c >= 0x20 && c <= 0x7e); }

}  // namespace

Status ChunkedDecoder::size_digit(char c) {
  std::uint64_t digit = 0;
  if (c >= '0' && c <= '9') {
    digit = static_cast<std::uint64_t>(c - '0');
  } else if (c >= 'a' && c <= 'f') {
    digit = static_cast<std::uint64_t>(c - 'a' + 10);
  } else if (c >= 'A' && c <= 'F') {
    digit = static_cast<std::uint64_t>(c - 'A' + 10);
  } else {
    return refuse("a chunk size with something other than hexadecimal digits");
  }
  // Sixteen digits fill 64 bits exactly, so the shift below never loses one.
  if (++digits_ > 16) return refuse("a chunk size of more than 16 digits");
  size_ = (size_ << 4) | digit;
  return {};
}

Result<std::size_t> ChunkedDecoder::feed(std::string_view in, std::string& out) {
  std::size_t at = 0;
  while (at < in.size() && state_ != State::Done) {
    const char c = in[at];
    switch (state_) {
      case State::Size:
        if (c == '\r' || c == ';') {
          if (digits_ == 0) return refuse("a chunk without a size");
          if (size_ > limit_ - std::min<std::uint64_t>(decoded_, limit_)) {
            return fail(Code::BodyTooLarge, "a chunked body over the limit");
          }
          state_ = c == '\r' ? State::SizeLf : State::Extension;
        } else if (auto digit = size_digit(c); !digit) {
          return fail(digit.error());
        }
        ++at;
        break;
      case State::Extension:
        if (c == '\r') {
          state_ = State::SizeLf;
        } else if (!is_extension_octet(c)) {
          return refuse("a control octet in a chunk extension");
        } else if (++extension_ > kMostExtension) {
          return refuse("chunk extensions over 256 octets");
        }
        ++at;
        break;
      case State::SizeLf:
        if (c != '\n') return refuse("a chunk size line without CRLF");
        state_ = size_ == 0 ? State::EndCr : State::Data;
        digits_ = 0;
        extension_ = 0;
        ++at;
        break;
      case State::Data: {
        const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(size_, in.size() - at));
        out.append(in.substr(at, take));
        at += take;
        size_ -= take;
        decoded_ += take;
        if (size_ == 0) state_ = State::DataCr;
        break;
      }
      case State::DataCr:
        if (c != '\r') return refuse("a chunk longer than its size");
        state_ = State::DataLf;
        ++at;
        break;
      case State::DataLf:
        if (c != '\n') return refuse("a chunk without CRLF at its end");
        state_ = State::Size;
        ++at;
        break;
      case State::EndCr:
        if (c != '\r') return refuse("trailer fields are not accepted");
        state_ = State::EndLf;
        ++at;
        break;
      case State::EndLf:
        if (c != '\n') return refuse("a last chunk without CRLF");
        state_ = State::Done;
        ++at;
        break;
      case State::Done: break;
    }
  }
  return at;
}

}  // namespace sekisho::http
