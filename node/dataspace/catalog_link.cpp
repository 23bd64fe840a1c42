#include <fmt/format.h>

#include "base/http/url.hpp"
#include "node/dataspace/catalog_service.hpp"

namespace sekisho::node {
namespace {

std::unexpected<Error> elsewhere(std::string_view dns) {
  return fail(Error(Code::PeerRefused, fmt::format("{} links its catalogue to another place", dns))
                  .with("peer", std::string(dns)));
}

bool is_next(std::string_view parameters) {
  return parameters.find("rel=\"next\"") != parameters.npos || parameters.find("rel=next") != parameters.npos;
}

}  // namespace

Result<std::string> next_target(const http::Headers& headers, std::string_view dns) {
  for (const http::Header& field : headers) {
    if (!http::same_name(field.name, "Link")) continue;
    std::string_view rest = field.value;
    while (true) {
      const std::size_t open = rest.find('<');
      const std::size_t close = rest.find('>', open);
      if (open == rest.npos || close == rest.npos) break;
      const std::string_view link = rest.substr(open + 1, close - open - 1);
      const std::size_t end = std::min(rest.find('<', close), rest.size());
      const std::string_view parameters = rest.substr(close + 1, end - close - 1);
      rest.remove_prefix(end);
      if (!is_next(parameters)) continue;
      std::string target(link);
      if (!link.starts_with('/')) {
        const Result<http::Url> url = http::parse_url(link);
        // The connection goes to the peer's registered address in any case; the port of the link says nothing.
        if (!url || url->scheme != "https" || url->host != dns) return elsewhere(dns);
        target = url->target();
      }
      const bool own = target == kCatalogTarget || target.starts_with(fmt::format("{}?", kCatalogTarget));
      if (!own || !http::parse_target(target)) return elsewhere(dns);
      return target;
    }
  }
  return std::string();
}

}  // namespace sekisho::node
