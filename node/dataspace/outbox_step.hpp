// What follows from a peer's answer to a message of the outbox. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/http/client.hpp"

namespace sekisho::node {

enum class Step : std::uint8_t {
  Delivered,  // 2xx
  Again,      // the peer is busy, restarting, or behind its own bookkeeping
  Ask,        // refused, but it may have been taken before: its state tells
  Refused,    // final
};

// repetition: the message may have reached the peer before; tries: attempts that failed before this one.
[[nodiscard]] Step step_after(const http::ClientResponse& answer, bool repetition, unsigned tries);

// No answer: whether a later attempt can mend it, and whether the peer may have taken the message.
[[nodiscard]] bool hopeless(Code code);
[[nodiscard]] bool in_doubt(Code code);

// The error of an answer that is none of 2xx.
[[nodiscard]] Error answer_error(const http::ClientResponse& answer, const std::string& dns);

}  // namespace sekisho::node
