#include "node/api/trace_api.hpp"

#include <algorithm>

#include "node/api/respond.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxText = 512;

Result<TraceRequest> read_request(const http::Request& request) {
  auto query = query_of(request, {"lot", "purpose"});
  if (!query) return fail(query.error());
  for (const char* name : {"lot", "purpose"}) {
    const std::string& value = (*query)[name];
    const bool good = !value.empty() && value.size() <= kMaxText &&
                      std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!good)
      return fail(Error(Code::InvalidArgument, "a parameter is missing or not printable").with("parameter", name));
  }
  TraceRequest out;
  out.lot = (*query)["lot"];
  out.purpose = (*query)["purpose"];
  out.client = client_of(request)->id;
  out.correlation_id = request.correlation_id;
  out.deadline = request.deadline;
  return out;
}

}  // namespace

async::Task<http::Response> get_trace(const ApiParts& parts, http::Request request) {
  auto question = read_request(request);
  if (!question) co_return refuse(request, question.error());
  auto answer = co_await parts.tracer.trace(std::move(*question));
  if (!answer) co_return refuse(request, answer.error());
  co_return json(*answer);
}

}  // namespace sekisho::node
