#include "node/api/audit_api.hpp"

#include "base/async/run_blocking.hpp"
#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/api/respond.hpp"
#include "node/audit/export.hpp"
#include "node/audit/query.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kPageBytes = 256U << 10;

// One running answer; used by one coroutine, on the blocking pool while it reads the disk.
struct RunningQuery {
  std::shared_ptr<const Published> at;
  AuditFilter filter;
  AuditQuery query;
  std::string client;
  bool ended = false;

  RunningQuery(const ApiParts& parts, std::shared_ptr<const Published> published, AuditFilter f, std::string who)
      : at(std::move(published)), filter(std::move(f)), query(parts.journal.reader(), parts.storage, at, filter), client(std::move(who)) {}

  Result<std::string> page() {
    std::string out;
    while (out.size() < kPageBytes) {
      auto match = query.next();
      if (!match) return fail(match.error());
      if (!*match) {
        ended = true;
        break;
      }
      out += to_text(Json(to_json(**match)));
      out += '\n';
    }
    return out;
  }
};

// Work for the blocking pool is made in plain functions: a capturing lambda inside an awaited expression is destroyed twice
// by g++ 12 (GCC 107288).
async::Task<Result<std::string>> next_page(const ApiParts& parts, std::shared_ptr<RunningQuery> running) {
  return async::run_blocking(parts.blocking, [running = std::move(running)] { return running->page(); });
}

async::Task<Result<std::shared_ptr<const Published>>> publish_now(const ApiParts& parts) {
  return async::run_blocking(parts.blocking, [&publisher = parts.publisher] { return publisher.publish_now(); });
}

async::Task<Result<BundleMembers>> collect(const ApiParts& parts, std::shared_ptr<const Published> at, AuditFilter filter) {
  return async::run_blocking(parts.blocking, [&parts, at = std::move(at), filter = std::move(filter)] {
    return export_members(parts.journal.reader(), parts.storage, parts.disclosures, at, filter);
  });
}

async::Task<Status> stream_query(const ApiParts& parts, std::shared_ptr<RunningQuery> running, http::BodySink& sink) {
  Status written;
  while (!running->ended && written) {
    auto page = co_await next_page(parts, running);
    if (!page) {
      log_error("audit.query_failed", page.error());
      written = fail(page.error());
      break;
    }
    if (page->empty()) continue;
    written = co_await sink.write(std::move(*page));
  }
  // Also of an answer that was not read to its end: what was read is known to the reader.
  Unit unit;
  unit.entries.push_back(
      access_entry(running->client, running->filter, *running->at, running->query.matches(), running->query.answer_digest()));
  const auto logged = co_await parts.journal.commit(std::move(unit));
  if (!logged) {
    log_error("audit.access_not_logged", logged.error());
    co_return fail(logged.error());
  }
  if (!written) co_return written;
  JsonObject last = running->query.worth();
  last["access"] = static_cast<std::int64_t>(logged->entries[0].index);
  co_return co_await sink.write(to_text(Json(std::move(last))) + "\n");
}

// Built outside the coroutine: g++ 12 mishandles initializer lists in an awaited expression.
std::string member_line(const std::string& name, const Bytes& data) {
  return to_text(Json(JsonObject{{"name", name}, {"data", to_base64(data)}})) + "\n";
}

std::string last_line(std::size_t members) {
  return to_text(Json(JsonObject{{"members", static_cast<std::int64_t>(members)}})) + "\n";
}

async::Task<Status> stream_members(std::shared_ptr<BundleMembers> members, http::BodySink& sink) {
  for (const auto& [name, data] : *members) {
    auto written = co_await sink.write(member_line(name, data));
    if (!written) co_return written;
  }
  co_return co_await sink.write(last_line(members->size()));
}

struct Question {
  AuditFilter filter;
  std::shared_ptr<const Published> at;
};

async::Task<Result<Question>> read_question(const ApiParts& parts, const http::Request& request) {
  auto body = object_of(request);
  if (!body) co_return fail(body.error());
  auto filter = parse_audit_filter(Json(std::move(*body)));
  if (!filter) co_return fail(filter.error());
  auto at = co_await publish_now(parts);
  if (!at) co_return fail(at.error());
  co_return Question{std::move(*filter), std::move(*at)};
}

http::Response ndjson() {
  http::Response response;
  response.headers.set("Content-Type", "application/x-ndjson");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

async::Task<http::Response> audit_query(const ApiParts& parts, http::Request request) {
  auto question = co_await read_question(parts, request);
  if (!question) co_return refuse(request, question.error());
  const auto client = client_of(request);
  auto running = std::make_shared<RunningQuery>(parts, std::move(question->at), std::move(question->filter), client ? client->id : "");
  // No page is read without an entry that says so, whatever happens to the node meanwhile.
  Unit unit;
  unit.entries.push_back(access_begun(running->client, running->filter, *running->at));
  const auto logged = co_await parts.journal.commit(std::move(unit));
  if (!logged) co_return refuse(request, logged.error());
  auto response = ndjson();
  response.stream = [&parts, running](http::BodySink& sink) { return stream_query(parts, running, sink); };
  co_return response;
}

async::Task<http::Response> audit_export(const ApiParts& parts, http::Request request) {
  auto question = co_await read_question(parts, request);
  if (!question) co_return refuse(request, question.error());
  auto members = co_await collect(parts, question->at, question->filter);
  if (!members) co_return refuse(request, members.error());
  const auto client = client_of(request);
  Unit unit;
  unit.entries.push_back(access_entry(client ? client->id : "", question->filter, *question->at, members->size(), Digest{}));
  const auto logged = co_await parts.journal.commit(std::move(unit));
  if (!logged) co_return refuse(request, logged.error());
  auto shared = std::make_shared<BundleMembers>(std::move(*members));
  auto response = ndjson();
  response.stream = [shared](http::BodySink& sink) { return stream_members(shared, sink); };
  co_return response;
}

}  // namespace sekisho::node
