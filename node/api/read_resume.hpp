// The members of a consumer's call that let a broken stream go on: resume (its exchange) and received (octets that the
// client holds; without it, all that the node passed on). Code::InvalidArgument (help "parameter").
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/exchange/consumer.hpp"

namespace sekisho::node {

[[nodiscard]] Result<std::optional<ResumeRequest>> resume_of(const std::map<std::string, std::string>& query);
[[nodiscard]] Result<std::optional<ResumeRequest>> resume_of(const JsonObject& body);

}  // namespace sekisho::node
