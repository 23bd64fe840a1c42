#include "node/api/negotiation_api.hpp"

#include <optional>

#include "base/core/encoding.hpp"
#include "node/api/respond.hpp"
#include "node/dataspace/catalog_service.hpp"

namespace sekisho::node {
namespace {

struct Wish {
  std::string provider;
  std::string dataset;
  std::optional<Json> offer;
};

std::unexpected<Error> misshapen(std::string_view member, std::string_view what) {
  return fail(Error(Code::JsonShape, std::string(what)).with("pointer", "/" + std::string(member)));
}

Result<Wish> read_wish(const http::Request& request) {
  Result<JsonObject> body = object_of(request);
  if (!body) return fail(body.error());
  Wish wish;
  for (auto& [name, value] : *body) {
    if (name == "offer" && value.is_object()) {
      wish.offer = std::move(value);
    } else if (name == "provider" && value.is_string()) {
      wish.provider = value.get_string();
    } else if (name == "dataset" && value.is_string()) {
      wish.dataset = value.get_string();
    } else {
      return misshapen(name, "no member of a negotiation, or of the wrong type");
    }
  }
  if (wish.provider.empty()) return misshapen("provider", "the provider is missing");
  if (wish.dataset.empty()) return misshapen("dataset", "the dataset is missing");
  return wish;
}

}  // namespace

async::Task<http::Response> post_negotiation(const ApiParts& parts, http::Request request) {
  Result<Wish> wish = read_wish(request);
  if (!wish) co_return refuse_operator(request, wish.error());
  if (!wish->offer) {
    Result<Json> dataset = co_await fetch_dataset(parts.peers, wish->provider, wish->dataset, request.deadline);
    if (!dataset) co_return refuse_operator(request, dataset.error());
    Result<std::vector<Json>> offers = offers_of(*dataset);
    if (!offers) co_return refuse_operator(request, offers.error());
    wish->offer = std::move(offers->front());
  }
  Result<std::shared_ptr<const AgreementRecord>> agreement =
      co_await parts.negotiations.negotiate(wish->provider, wish->dataset, std::move(*wish->offer), request.deadline);
  if (!agreement) co_return refuse_operator(request, agreement.error());
  co_return json(JsonObject{{"agreement", (*agreement)->id},
                            {"digest", to_hex((*agreement)->digest)},
                            {"provider", wish->provider},
                            {"dataset", wish->dataset}});
}

}  // namespace sekisho::node
