// One message head from octets to values: scanned by HeadScanner before, parsed by Beast (hidden in the .cpp), then
// held against the framing rules. Two readers must agree before a head counts.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "base/http/framing.hpp"
#include "base/http/message.hpp"

namespace sekisho::http {

struct RequestHead {
  std::string method;
  std::string target;  // as received
  std::string origin;  // its origin-form: path and query
  int version_minor = 1;
  Headers headers;
  BodyFraming body;
  bool keep_alive = true;
  bool expects_continue = false;
};

struct ResponseHead {
  int status = 0;
  int version_minor = 1;
  Headers headers;
  BodyFraming body;
  bool keep_alive = true;
};

// raw: one whole head with its empty line, as HeadScanner delimited it.
[[nodiscard]] Result<RequestHead> parse_request_head(std::string_view raw);
[[nodiscard]] Result<ResponseHead> parse_response_head(std::string_view raw, std::string_view request_method);

}  // namespace sekisho::http
