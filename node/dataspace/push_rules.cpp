#include "node/dataspace/push_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/http/public_address.hpp"

namespace sekisho::node {
namespace {

std::unexpected<Error> refuse(Code code, std::string why) {
  return fail(Error(code, "no push: " + why).with("pointer", "/dataAddress/endpoint").with("why", std::move(why)));
}

bool is_or_below(std::string_view host, std::string_view name) {
  if (!host.ends_with(name)) return false;
  host.remove_suffix(name.size());
  return host.empty() || host.ends_with('.');
}

}  // namespace

Result<http::Url> push_url(const std::string& endpoint, std::string_view recipient_dns) {
  Result<http::Url> url = http::parse_url(endpoint);
  if (!url || url->scheme != "https") return refuse(Code::InvalidArgument, "the endpoint is no https URL");
  if (http::is_address_literal(url->host)) return refuse(Code::InvalidArgument, "the endpoint's host is no DNS name");
  if (recipient_dns.empty() || !is_or_below(url->host, recipient_dns)) {
    return refuse(Code::PushRefused, fmt::format("the endpoint's host is neither {} nor below it", recipient_dns));
  }
  return url;
}

Result<PushRules::Permitted> PushRules::permit(const std::string& endpoint, std::string_view recipient_dns) const {
  Result<http::Url> url = push_url(endpoint, recipient_dns);
  if (!url) return fail(url.error());
  const auto found = std::ranges::find_if(
      allow_, [&](const PushHost& host) { return host.host == url->host && host.port == url->port; });
  if (found == allow_.end()) return refuse(Code::PushRefused, "the provider does not push to this host and port");
  return Permitted{std::move(*url), *found};
}

const PushRules& no_push() {
  static const PushRules none;
  return none;
}

}  // namespace sekisho::node
