#include "node/dataspace/catalog_service.hpp"

#include <fmt/format.h>

#include "base/crypto/digest.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kCatalogLimit = 1U << 20;
constexpr std::size_t kWholeCatalog = 8U << 20;
constexpr std::size_t kMostPages = 1000;
constexpr std::size_t kLongestEtag = 256;

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

async::Task<Result<CatalogAnswer>> fetch_catalog_page(PeerChannel& peers, std::string dns, CatalogQuestion question,
                                                      async::Deadline deadline) {
  PeerRequest request;
  request.dns = dns;
  request.method = "POST";
  request.target = std::move(question.target);
  request.body = catalog_request_text(question.filter);
  if (!question.etag.empty()) request.headers.add("If-None-Match", question.etag);
  request.answer_limit = kCatalogLimit;
  request.repeatable = true;
  request.deadline = deadline;
  Result<http::ClientResponse> answer = co_await peers.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  CatalogAnswer out;
  if (answer->status == 304 && !question.etag.empty()) {
    out.unchanged = true;
    co_return out;
  }
  if (answer->status != 200) co_return peer_error(*answer, dns);
  Result<Json> document = read_answer(*answer, "Catalog", dns);
  if (!document) co_return fail(document.error());
  Result<std::string> next = next_target(answer->headers, dns);
  if (!next) co_return fail(next.error());
  out.document = std::move(*document);
  out.next = std::move(*next);
  out.etag = answer->headers.get("ETag");
  if (out.etag.size() > kLongestEtag) out.etag.clear();
  if (!answer->chain_der.empty()) out.certificate = sha256(answer->chain_der.front());
  out.octets = answer->body.size();
  co_return out;
}

async::Task<Result<Json>> fetch_catalog(PeerChannel& peers, std::string dns, JsonArray filter,
                                        async::Deadline deadline) {
  Json whole;
  std::size_t octets = 0;
  CatalogQuestion question;
  question.filter = std::move(filter);
  for (std::size_t pages = 0;; ++pages) {
    CatalogQuestion page = question;
    Result<CatalogAnswer> answer = co_await fetch_catalog_page(peers, dns, std::move(page), deadline);
    if (!answer) co_return fail(answer.error());
    octets += answer->octets;
    if (octets > kWholeCatalog || pages >= kMostPages) {
      co_return fail(Error(Code::LimitExceeded, fmt::format("the catalogue of {} is over 8 MiB", dns))
                         .with("peer", dns)
                         .with("mend", "ask with a filter"));
    }
    if (whole.is_null()) {
      whole = std::move(answer->document);
    } else if (const Json* more = answer->document.get_object().if_contains("dataset");
               more != nullptr && more->is_array()) {
      Json& datasets = whole.get_object()["dataset"];
      if (!datasets.is_array()) datasets = JsonArray();
      datasets.get_array().insert(datasets.get_array().end(), more->get_array().begin(), more->get_array().end());
    }
    if (answer->next.empty()) co_return whole;
    question.target = std::move(answer->next);
  }
}

async::Task<Result<Json>> fetch_dataset(PeerChannel& peers, std::string dns, std::string dataset,
                                        async::Deadline deadline) {
  PeerRequest request;
  request.dns = dns;
  request.method = "GET";
  request.target = fmt::format("{}/catalog/datasets/{}", kDspBase, http::percent_encode(dataset));
  request.answer_limit = kCatalogLimit;
  request.deadline = deadline;
  Result<http::ClientResponse> answer = co_await peers.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (answer->status == 404) {
    co_return fail(
        Error(Code::DatasetUnknown, fmt::format("{} offers no such dataset to this node", dns)).with("peer", dns));
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
