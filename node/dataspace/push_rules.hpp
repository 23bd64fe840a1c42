// Where this node, as provider, pushes to: pure rules over names; addresses are judged when a name is resolved.
//
// A consumer names an endpoint; three things must hold. It is an https URL of a DNS name, without user info and fragment.
// Its host and port are on the operator's list (setting transfers.push.allow). Its host is the agreement's assignee: the
// DNS name of the consumer's DID or a name below it, so that an agreement with one never feeds another.
//
// Immutable, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.hpp"
#include "base/http/url.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

class PushRules {
 public:
  PushRules() = default;
  explicit PushRules(std::vector<PushHost> allow) : allow_(std::move(allow)) {}

  struct Permitted {
    http::Url url;
    PushHost host;
  };
  // InvalidArgument for a URL that nobody should push to, PushRefused for one that is not permitted; help "pointer" is
  // /dataAddress/endpoint, "why" says what is missing.
  [[nodiscard]] Result<Permitted> permit(const std::string& endpoint, std::string_view recipient_dns) const;

 private:
  std::vector<PushHost> allow_;
};

// A URL that could be pushed to for that recipient, whatever the list says. Errors as permit().
[[nodiscard]] Result<http::Url> push_url(const std::string& endpoint, std::string_view recipient_dns);

// Nothing is permitted.
[[nodiscard]] const PushRules& no_push();

}  // namespace sekisho::node
