#include "node/dataspace/outbox_step.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

// EDC answers 409 to a message that is faster than its own note of what it sent before; it has that within a second.
constexpr unsigned kRaces = 4;

// A refusal that names a reason of our own table other than the state will not change.
bool may_be_behind(const std::optional<ErrorDocument>& document) {
  if (!document) return true;
  const Code code = error_of(*document, "").code;
  return code == Code::PeerRefused || code == Code::StateTransition;
}

}  // namespace

Step step_after(const http::ClientResponse& answer, bool repetition, unsigned tries) {
  const int status = answer.status;
  if (status / 100 == 2) return Step::Delivered;
  if (status == 408 || status == 425 || status == 429 || status >= 500) return Step::Again;
  const std::optional<ErrorDocument> document = parse_error(answer.body);
  // A 404 that is no error document: the peer may not have registered the path yet.
  if (status == 404) return document ? Step::Refused : Step::Again;
  if (status == 409 && tries < kRaces && may_be_behind(document)) return Step::Again;
  if ((status == 400 || status == 409) && repetition) return Step::Ask;
  return Step::Refused;
}

bool hopeless(Code code) {
  return code == Code::PeerUnknown || code == Code::ZoneNotRecognised || code == Code::InvalidArgument;
}

bool in_doubt(Code code) {
  switch (code) {
    case Code::Deadline:
    case Code::Connection:
    case Code::Truncated:
    case Code::Framing:
    case Code::LimitExceeded: return true;
    default: return false;
  }
}

Error answer_error(const http::ClientResponse& answer, const std::string& dns) {
  const std::optional<ErrorDocument> document = parse_error(answer.body);
  if (document) return error_of(*document, dns);
  return Error(Code::PeerRefused, fmt::format("{} answered {}", dns, answer.status)).with("peer", dns);
}

}  // namespace sekisho::node
