// When a call is made again: at most four times in all, after what the source asks for or a growing, scattered pause.
#pragma once

#include <chrono>

#include "base/http/client.hpp"

namespace sekisho::connectors {

// What Retry-After asks for, in seconds or as a date (against the answer's own Date, so that a clock that is wrong here
// does no harm); nothing when there is none or it is not understood. At least 0.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const http::Headers& headers);

// The answer's Date minus this machine's clock; nothing without a Date.
[[nodiscard]] std::optional<std::chrono::seconds> clock_difference(const http::Headers& headers);

class Repeats {
 public:
  enum class Step { Done, Renew, Again };  // Renew: at once, with a new token

  // tokens: a 401 may be the token's fault, once. harmless: what may have been done may be done again.
  Repeats(bool tokens, bool harmless) : may_renew_(tokens), harmless_(harmless) {}

  [[nodiscard]] Step after(int status, const http::Headers& headers);
  // below: of the client, as the cause of a source's error.
  [[nodiscard]] Step after(const Error& error);
  [[nodiscard]] std::chrono::milliseconds pause() const { return pause_; }  // before Again

 private:
  Step again(std::optional<std::chrono::milliseconds> asked);

  bool may_renew_;
  bool harmless_;
  int calls_ = 0;
  std::chrono::milliseconds pause_{0};
};

}  // namespace sekisho::connectors
