#include "node/api/data_api.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "node/api/read_resume.hpp"
#include "node/api/respond.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/exchange/idempotency.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxName = 512;

Status check_text(const std::string& value, std::string_view name) {
  const bool good = !value.empty() && value.size() <= kMaxName &&
                    std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (good) return {};
  return fail(
      Error(Code::InvalidArgument, "a parameter is missing or not printable").with("parameter", std::string(name)));
}

Result<ConsumerRequest> read_request(const http::Request& request) {
  ConsumerRequest out;
  if (request.method == "POST") {
    const auto body = object_of(request);
    if (!body) return fail(body.error());
    if (body->contains("filter")) {
      return fail(Error(Code::Unsupported, "rows are selected by the agreement's view, not by a filter of the asker")
                      .with("pointer", "/filter"));
    }
    if (auto known = only_members(*body, {"dataset", "purpose", "resume", "received"}); !known)
      return fail(known.error());
    auto dataset = get_string(*body, "dataset");
    auto purpose = get_string(*body, "purpose");
    if (!dataset) return fail(dataset.error());
    if (!purpose) return fail(purpose.error());
    out.dataset = std::move(*dataset);
    out.purpose = std::move(*purpose);
    auto resume = resume_of(*body);
    if (!resume) return fail(resume.error());
    out.resume = std::move(*resume);
  } else {
    auto query = query_of(request, {"dataset", "purpose", "resume", "received"});
    if (!query) return fail(query.error());
    out.dataset = (*query)["dataset"];
    out.purpose = (*query)["purpose"];
    auto resume = resume_of(*query);
    if (!resume) return fail(resume.error());
    out.resume = std::move(*resume);
  }
  if (auto good = check_text(out.dataset, "dataset"); !good) return fail(good.error());
  if (auto good = check_text(out.purpose, "purpose"); !good) return fail(good.error());
  out.provider_dns = request.param("provider");
  if (const auto accept = request.headers.find("Accept")) out.accept = *accept;
  if (const auto key = request.headers.find("Idempotency-Key")) {
    auto parsed = parse_idempotency_key(*key);
    if (!parsed) return fail(parsed.error());
    out.idempotency_key = std::move(*parsed);
  }
  out.client = client_of(request)->id;
  out.correlation_id = request.correlation_id;
  out.deadline = request.deadline;
  return out;
}

}  // namespace

async::Task<http::Response> get_data(const ApiParts& parts, http::Request request) {
  auto question = read_request(request);
  if (!question) co_return refuse(request, question.error());
  auto delivery = co_await parts.consumer.get(std::move(*question));
  if (!delivery) co_return refuse(request, delivery.error());
  http::Response response;
  response.headers.set("Content-Type", delivery->media);
  response.headers.set("X-Content-Type-Options", "nosniff");  // the provider chose the type; no page may guess another
  response.headers.set("Cache-Control", "no-store, no-transform");
  response.headers.set("Sekisho-Agreement", to_hex(delivery->agreement));
  response.headers.set("Sekisho-Exchange", to_text(delivery->exchange));
  response.headers.set("Sekisho-Intent", to_hex(delivery->intent));
  response.headers.set("Sekisho-Transfer", delivery->transfer);
  response.headers.set("Sekisho-Log", delivery->origin + "#" + std::to_string(delivery->index));
  if (!delivery->statement.empty()) response.headers.set("Sekisho-Statement", delivery->statement);
  response.headers.set("Sekisho-Salt", to_hex(delivery->salt));
  if (delivery->resumed_at) response.headers.set("Sekisho-Resumed-At", std::to_string(*delivery->resumed_at));
  response.body = std::move(delivery->body);
  response.stream = std::move(delivery->stream);
  co_return response;
}

async::Task<http::Response> get_catalog(const ApiParts& parts, http::Request request) {
  auto catalog = co_await fetch_catalog(parts.peers, request.param("provider"), JsonArray(), request.deadline);
  if (!catalog) co_return refuse(request, std::move(catalog.error()).with("peer", request.param("provider")));
  auto response = http::json_response(200, to_text(*catalog));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

}  // namespace sekisho::node
