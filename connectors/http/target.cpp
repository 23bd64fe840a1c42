#include "connectors/http/target.hpp"

#include <algorithm>

#include "base/core/file.hpp"
#include "base/core/limits.hpp"

namespace sekisho::connectors {

std::string host_port(const http::Url& url) {
  const bool v6 = url.host.find(':') != std::string::npos;
  return (v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

Status on_egress_list(const http::Url& url, const Context& context) {
  const std::string target = host_port(url);
  if (std::ranges::find(context.egress, target) != context.egress.end()) return {};
  return fail(Code::Forbidden, "the source's address " + target + " is not on the egress list");
}

Result<std::shared_ptr<http::Client>> client_for(const std::string& ca, const Context& context) {
  if (ca.empty()) {
    if (!context.http) return fail(Code::SourceFailed, "this node has no client for sources");
    return context.http;
  }
  Result<Bytes> pem = read_file(context.base / ca, limits::kCertificateFileBytes);
  if (!pem) return fail(Code::SourceFailed, "the roots of a source do not read", pem.error());
  http::TlsClientOptions tls;
  tls.ca_pem = std::string(as_text(*pem));
  Result<std::shared_ptr<const http::TlsClientContext>> made = http::TlsClientContext::make(std::move(tls));
  if (!made) return fail(Code::SourceFailed, "the roots of a source do not read", made.error());
  http::ClientOptions options;
  options.tls = std::move(*made);
  options.resolver = context.resolver;
  return std::make_shared<http::Client>(std::move(options));
}

}  // namespace sekisho::connectors
