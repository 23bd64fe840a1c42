// Where a message ends: the rules of RFC 9112 section 6, without what is only tolerated there. Pure functions.
//
// Requests: at most one Content-Length (digits only, ≤ 2^53) or exactly one "Transfer-Encoding: chunked" on HTTP/1.1,
// never both; POST, PUT and PATCH must have one; any other coding is 501; exactly one Host on HTTP/1.1; a target in
// origin-form, or in absolute-form that names the same host, or "*" for OPTIONS. A reader that differs from a proxy
// before it in any of these is what request smuggling lives on, so every doubt is an error and the connection ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/result.hpp"
#include "base/http/message.hpp"

namespace sekisho::http {

struct HeadLimits {
  std::size_t bytes = 16 * 1024;  // start line and fields with their line ends
  std::size_t fields = 100;
  std::size_t target = 8 * 1024;
};

struct BodyFraming {
  enum class Kind : std::uint8_t { None, Length, Chunked, UntilClose };
  Kind kind = Kind::None;
  std::uint64_t length = 0;  // of Kind::Length
  bool operator==(const BodyFraming&) const = default;
};

// Finds the end of a head in a growing buffer and refuses it at the first octet that no strict sender writes: a bare
// CR or LF, NUL or another control, an octet beyond ASCII outside values, obs-fold, white space before the colon, a
// field without a name, empty lines before the start line. Feed it the whole buffer each time; it resumes where it was.
class HeadScanner {
 public:
  explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

  // Octets of the head with its empty line, or 0 while more are needed. Code::Framing, Code::HeaderTooLarge.
  [[nodiscard]] Result<std::size_t> scan(std::string_view buffer);
  void reset();

 private:
  enum class State : std::uint8_t { LineStart, StartLine, Name, Value, LineFeed, LastLineFeed };
  HeadLimits limits_;
  State state_ = State::LineStart;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::size_t fields_ = 0;
  bool first_line_ = true;
};

// version_minor: 0 or 1 of HTTP/1.x.
[[nodiscard]] Result<BodyFraming> request_framing(std::string_view method, int version_minor, const Headers& headers);

// request_method: HEAD answers have no body whatever they say.
[[nodiscard]] Result<BodyFraming> response_framing(std::string_view request_method, int status, int version_minor,
                                                   const Headers& headers);

// The Host rule and the form of the target. On success the origin-form of the target (a view into it).
[[nodiscard]] Result<std::string_view> check_target(std::string_view method, std::string_view target, int version_minor,
                                                    const Headers& headers);

// Whether the connection may serve another message after this one.
[[nodiscard]] bool keeps_alive(int version_minor, const Headers& headers);

}  // namespace sekisho::http
