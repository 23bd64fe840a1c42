#include "node/dataspace/catalog_service.hpp"

#include <fmt/format.h>

#include "base/http/url.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kCatalogLimit = 1U << 20;

http::Response catalog_error(const Error& error) {
  const ErrorDocument document{{}, std::string(error.name()), reason_of(error)};
  return http::json_response(code_info(error.code).http, to_body(document, "CatalogError"));
}

Result<Json> read_answer(const http::ClientResponse& answer, std::string_view type, const std::string& dns) {
  JsonLimits limits;
  limits.bytes = kCatalogLimit;
  Result<Json> json = parse_json(answer.body, limits);
  if (!json) return fail(Code::PeerRefused, fmt::format("{} answered what is not JSON", dns), json.error());
  if (!json->is_object()) return fail(Code::PeerRefused, fmt::format("{} answered no {}", dns, type));
  Status head = check_head(json->get_object(), type);
  if (!head) return fail(Code::PeerRefused, fmt::format("{} answered no {}", dns, type), head.error());
  return json;
}

std::unexpected<Error> peer_error(const http::ClientResponse& answer, const std::string& dns) {
  const std::optional<ErrorDocument> document = parse_error(answer.body);
  if (document) return fail(error_of(*document, dns));
  return fail(Error(Code::PeerRefused, fmt::format("{} answered {}", dns, answer.status)).with("peer", dns));
}

}  // namespace

http::Response on_catalog_request(const Catalog& catalog, const trust::PeerIdentity& peer, std::string_view body) {
  Status request = parse_catalog_request(body);
  if (!request) return catalog_error(request.error());
  return http::json_response(200, to_text(catalog.catalog_document(peer)));
}

http::Response on_dataset(const Catalog& catalog, const trust::PeerIdentity& peer, std::string_view id) {
  Result<Json> document = catalog.dataset_document(id, peer);
  if (!document) return catalog_error(document.error());
  return http::json_response(200, to_text(*document));
}

async::Task<Result<Json>> fetch_catalog(PeerChannel& peers, std::string dns, async::Deadline deadline) {
  PeerRequest request;
  request.dns = dns;
  request.method = "POST";
  request.target = fmt::format("{}/catalog/request", kDspBase);
  request.body = catalog_request_text();
  request.answer_limit = kCatalogLimit;
  request.repeatable = true;
  request.deadline = deadline;
  Result<http::ClientResponse> answer = co_await peers.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (answer->status != 200) co_return peer_error(*answer, dns);
  co_return read_answer(*answer, "Catalog", dns);
}

async::Task<Result<Json>> fetch_dataset(PeerChannel& peers, std::string dns, std::string dataset, async::Deadline deadline) {
  PeerRequest request;
  request.dns = dns;
  request.method = "GET";
  request.target = fmt::format("{}/catalog/datasets/{}", kDspBase, http::percent_encode(dataset));
  request.answer_limit = kCatalogLimit;
  request.deadline = deadline;
  Result<http::ClientResponse> answer = co_await peers.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (answer->status == 404) {
    co_return fail(Error(Code::DatasetUnknown, fmt::format("{} offers no such dataset to this node", dns)).with("peer", dns));
  }
  if (answer->status != 200) co_return peer_error(*answer, dns);
  Result<Json> document = read_answer(*answer, "Dataset", dns);
  if (!document) co_return document;
  const Result<std::string> id = get_string(document->get_object(), "@id");
  if (!id || *id != dataset) co_return fail(Code::PeerRefused, fmt::format("{} answered another dataset", dns));
  co_return document;
}

Result<std::vector<Json>> offers_of(const Json& dataset) {
  if (!dataset.is_object()) return shape_error("", "is not an object");
  Result<const JsonArray*> policies = get_array(dataset.get_object(), "hasPolicy");
  if (!policies) return fail(policies.error());
  std::vector<Json> offers;
  for (const Json& policy : **policies) {
    if (!policy.is_object()) return shape_error("/hasPolicy", "holds something else than offers");
    Result<std::string> id = get_id(policy.get_object(), "@id");
    if (!id) return fail(id.error());
    offers.push_back(policy);
  }
  if (offers.empty()) return shape_error("/hasPolicy", "is empty");
  return offers;
}

}  // namespace sekisho::node
