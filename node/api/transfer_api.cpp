#include "node/api/transfer_api.hpp"

#include <algorithm>

#include "base/http/url.hpp"
#include "node/api/respond.hpp"
#include "node/exchange/owners.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxName = 512;
constexpr std::size_t kMaxEndpoint = 2048;
constexpr std::size_t kMaxToken = 4096;

Result<std::string> text_member(const JsonObject& body, std::string_view name, std::size_t most) {
  auto text = get_string(body, name);
  if (!text) return text;
  const bool good =
      !text->empty() && text->size() <= most && std::ranges::all_of(*text, [](char c) { return c > 0x20 && c < 0x7f; });
  if (good) return text;
  return fail(Error(Code::InvalidArgument, "a member is empty, too long or not printable")
                  .with("pointer", "/" + std::string(name)));
}

Result<PushOrder> read_order(const http::Request& request, const LocalIdentity& self) {
  const auto body = object_of(request);
  if (!body) return fail(body.error());
  if (auto known = only_members(*body, {"provider", "dataset", "purpose", "endpoint", "token"}); !known)
    return fail(known.error());
  PushOrder out;
  auto provider = text_member(*body, "provider", 253);
  if (!provider) return fail(provider.error());
  auto dataset = text_member(*body, "dataset", kMaxName);
  if (!dataset) return fail(dataset.error());
  auto purpose = text_member(*body, "purpose", kMaxName);
  if (!purpose) return fail(purpose.error());
  auto endpoint = text_member(*body, "endpoint", kMaxEndpoint);
  if (!endpoint) return fail(endpoint.error());
  // Every provider would refuse it; here it is known at once.
  if (const auto usable = push_url(*endpoint, self.dns); !usable) {
    Error error(Code::InvalidArgument, "the endpoint cannot be pushed to", usable.error());
    for (const auto& [name, value] : usable.error().help)
      error.help.emplace_back(name, name == "pointer" ? "/endpoint" : value);
    return fail(std::move(error));
  }
  out.to.endpoint = std::move(*endpoint);
  if (body->contains("token")) {
    auto token = text_member(*body, "token", kMaxToken);
    if (!token) return fail(token.error());
    out.to.token = std::move(*token);
    out.to.auth_type = "bearer";
  }
  out.client = client_of(request)->id;
  out.provider_dns = std::move(*provider);
  out.dataset = std::move(*dataset);
  out.purpose = std::move(*purpose);
  out.deadline = request.deadline;
  return out;
}

enum class For : std::uint8_t { Look, End };

// What the client ordered; whoever may audit may look at all that this node asked for.
Result<JsonObject> own_transfer(const ApiParts& parts, const http::Request& request, const std::string& pid, For what) {
  const auto own = owns_order(parts.storage, pid, client_of(request)->id);
  if (!own) return fail(own.error());
  if (!*own && (what == For::End || !may_audit(request)))
    return fail(Code::TransferUnknown, "no such transfer of this client");
  auto found = parts.transfers.describe(pid);
  if (!found) return found;
  if (*get_string(*found, "role") != "consumer")
    return fail(Code::TransferUnknown, "no such transfer that this node asked for");
  return found;
}

}  // namespace

async::Task<http::Response> post_transfer(const ApiParts& parts, http::Request request) {
  auto order = read_order(request, parts.self);
  if (!order) co_return refuse(request, order.error());
  const std::string provider = order->provider_dns;
  auto pid = co_await parts.consumer.order_push(std::move(*order));
  if (!pid) co_return refuse(request, Error(pid.error()).with("peer", provider));
  const auto transfer = own_transfer(parts, request, *pid, For::Look);
  if (!transfer) co_return refuse(request, transfer.error());
  auto response = json(*transfer, 202);
  response.headers.set("Location", "/v1/transfers/" + http::percent_encode(*pid));
  co_return response;
}

http::Response get_transfer(const ApiParts& parts, const http::Request& request) {
  const auto transfer = own_transfer(parts, request, request.param("id"), For::Look);
  if (!transfer) return refuse(request, transfer.error());
  auto response = json(*transfer);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

async::Task<http::Response> delete_transfer(const ApiParts& parts, http::Request request) {
  const std::string pid = request.param("id");
  const auto before = own_transfer(parts, request, pid, For::End);
  if (!before) co_return refuse(request, before.error());
  Status ended;
  if (*get_string(*before, "state") == "STARTED") {
    ended = co_await parts.transfers.complete(pid);
  } else {
    ended = co_await parts.transfers.terminate(pid, Code::Cancelled);
  }
  if (!ended) co_return refuse(request, ended.error());
  const auto after = own_transfer(parts, request, pid, For::End);
  if (!after) co_return refuse(request, after.error());
  co_return json(*after);
}

}  // namespace sekisho::node
