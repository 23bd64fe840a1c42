#include "node/api/process_api.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "node/api/respond.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMostListed = 5'000;  // of each kind

bool unknown(const Error& error) { return error.code == Code::NotFound || error.code == Code::TransferUnknown; }

Error no_process() { return Error(Code::NotFound, "no process has this id, this node's or the peer's"); }

http::Response list(const ApiParts& parts, const http::Request& request) {
  const auto query = query_of(request, {"all", "peer"});
  if (!query) return refuse_operator(request, query.error());
  const auto value = [&query](const char* name) {
    const auto found = query->find(name);
    return found == query->end() ? std::string() : found->second;
  };
  const bool all = value("all") == "true";
  if (!all && !value("all").empty() && value("all") != "false") {
    return refuse_operator(request, Error(Code::InvalidArgument, "all is true or false").with("parameter", "all"));
  }
  Result<JsonArray> negotiations = parts.negotiations.processes(all, value("peer"), kMostListed);
  if (!negotiations) return refuse_operator(request, negotiations.error());
  Result<JsonArray> transfers = parts.transfers.processes(all, value("peer"), kMostListed);
  if (!transfers) return refuse_operator(request, transfers.error());
  const bool more = negotiations->size() == kMostListed || transfers->size() == kMostListed;
  JsonArray rows = std::move(*negotiations);
  for (Json& row : *transfers) rows.push_back(std::move(row));
  std::ranges::stable_sort(rows, {}, [](const Json& row) { return std::string(row.get_object().at("since").get_string()); });
  return json(JsonObject{{"processes", std::move(rows)}, {"more", more}});
}

http::Response show(const ApiParts& parts, const http::Request& request) {
  const std::string id = request.param("process");
  Result<JsonObject> found = parts.negotiations.process(id);
  if (!found && unknown(found.error())) found = parts.transfers.process(id);
  if (!found && unknown(found.error())) found = fail(no_process());
  if (!found) return refuse_operator(request, found.error());
  return json(*found);
}

Result<Code> reason_of(const http::Request& request) {
  const auto query = query_of(request, {"reason"});
  if (!query) return fail(query.error());
  const auto named = query->find("reason");
  if (named == query->end()) return Code::Cancelled;
  const auto row = std::ranges::find(kCodeTable, std::string_view(named->second), &CodeInfo::name);
  if (row != kCodeTable.end()) return row->code;
  return fail(Error(Code::InvalidArgument, "no code has this name").with("parameter", "reason"));
}

async::Task<http::Response> end(const ApiParts& parts, http::Request request) {
  const Result<Code> code = reason_of(request);
  if (!code) co_return refuse_operator(request, code.error());
  const std::string id = request.param("process");
  const Error reason(*code, "ended by the operator of this node");
  Status ended = co_await parts.negotiations.end(id, reason);
  if (!ended && unknown(ended.error())) ended = co_await parts.transfers.end(id, reason);
  if (!ended && unknown(ended.error())) ended = fail(no_process());
  if (!ended) co_return refuse_operator(request, ended.error());
  co_return show(parts, request);
}

}  // namespace

std::vector<Route> process_routes(const ApiParts& p) {
  const Access op = Access::operator_socket();
  return {
      {"GET", "/processes", op, 0, "Negotiations and transfers that are open, or all", plain([&p](const http::Request& r) { return list(p, r); })},
      {"GET", "/processes/{process}", op, 0, "Where one is, what it waits for, and what happened in it",
       plain([&p](const http::Request& r) { return show(p, r); })},
      {"POST", "/processes/{process}/end", op, 0, "End one; the peer is told",
       [&p](http::Request request) { return end(p, std::move(request)); }},
  };
}

}  // namespace sekisho::node
