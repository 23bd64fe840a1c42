#include "node/api/process_api.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "node/api/respond.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kPage = 1'000;
// A page's place: the kind that it is among, then the id it comes behind.
constexpr std::string_view kAmongNegotiations = "negotiation/";
constexpr std::string_view kAmongTransfers = "transfer/";

bool unknown(const Error& error) { return error.code == Code::NotFound || error.code == Code::TransferUnknown; }

Error no_process() { return Error(Code::NotFound, "no process has this id, this node's or the peer's"); }

// Negotiations first, then transfers.
Result<ProcessPage> page_at(const ApiParts& parts, ProcessQuery query) {
  const std::string place = std::exchange(query.after, "");
  ProcessPage page;
  if (place.starts_with(kAmongTransfers)) {
    query.after = place.substr(kAmongTransfers.size());
  } else if (place.empty() || place.starts_with(kAmongNegotiations)) {
    if (!place.empty()) query.after = place.substr(kAmongNegotiations.size());
    Result<ProcessPage> negotiations = parts.negotiations.processes(query);
    if (!negotiations) return fail(negotiations.error());
    page = std::move(*negotiations);
    if (page.next) {
      page.next->insert(0, kAmongNegotiations);
      return page;
    }
    query.after.clear();
    query.most -= page.rows.size();
  } else {
    return fail(Error(Code::InvalidArgument, "no place of a list of processes").with("parameter", "after"));
  }
  Result<ProcessPage> transfers = parts.transfers.processes(query);
  if (!transfers) return fail(transfers.error());
  for (Json& row : transfers->rows) page.rows.push_back(std::move(row));
  if (transfers->next) page.next = std::string(kAmongTransfers) + *transfers->next;
  return page;
}

http::Response list(const ApiParts& parts, const http::Request& request) {
  const auto query = query_of(request, {"all", "peer", "after"});
  if (!query) return refuse_operator(request, query.error());
  const auto value = [&query](const char* name) {
    const auto found = query->find(name);
    return found == query->end() ? std::string() : found->second;
  };
  const bool all = value("all") == "true";
  if (!all && !value("all").empty() && value("all") != "false") {
    return refuse_operator(request, Error(Code::InvalidArgument, "all is true or false").with("parameter", "all"));
  }
  Result<ProcessPage> page = page_at(parts, {all, value("peer"), value("after"), kPage});
  if (!page) return refuse_operator(request, page.error());
  JsonObject out{{"processes", std::move(page->rows)}};
  if (page->next) out["next"] = *page->next;
  return json(std::move(out));
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
      {"GET", "/processes", op, 0, "Negotiations and transfers that are open, or all",
       plain([&p](const http::Request& r) { return list(p, r); })},
      {"GET", "/processes/{process}", op, 0, "Where one is, what it waits for, and what happened in it",
       plain([&p](const http::Request& r) { return show(p, r); })},
      {"POST", "/processes/{process}/end", op, 0, "End one; the peer is told",
       [&p](http::Request request) { return end(p, std::move(request)); }},
  };
}

}  // namespace sekisho::node
