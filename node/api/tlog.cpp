#include "node/api/tlog.hpp"

#include <algorithm>

#include "base/async/run_blocking.hpp"
#include "node/api/respond.hpp"
#include "node/audit/closed_logs.hpp"
#include "trust/log/checkpoint.hpp"
#include "trust/log/tile.hpp"

namespace sekisho::node {
namespace {

bool is_shard(const Published& log, const std::string& shard) {
  const auto origin = trust::parse_log_origin(log.origin);
  return origin && origin->shard() == shard;
}

Result<Published> find_closed(const ApiParts& parts, const std::string& shard) {
  auto logs = proven_logs(parts.journal.reader(), parts.storage, *parts.publisher.latest());
  if (!logs) return fail(logs.error());
  const auto found = std::ranges::find_if(*logs, [&](const Published& log) { return is_shard(log, shard); });
  if (found == logs->end()) return fail(Code::NotFound, "no such log");
  return std::move(*found);
}

// Plain functions, because a capturing lambda inside an awaited expression is destroyed twice by g++ 12 (GCC 107288).

async::Task<Result<Published>> read_closed(const ApiParts& parts, std::string shard) {
  return async::run_blocking(parts.blocking, [&parts, shard = std::move(shard)] { return find_closed(parts, shard); });
}

async::Task<Result<Bytes>> read_tile(const ApiParts& parts, std::uint16_t log, trust::TileId tile) {
  return async::run_blocking(parts.blocking, [&reader = parts.journal.reader(), log, tile] {
    return reader.tile(log, static_cast<unsigned>(tile.level), tile.index, tile.width);
  });
}

// The current log from memory; a closed one is asked for seldom.
async::Task<Result<Published>> published_of(const ApiParts& parts, std::string shard) {
  const auto latest = parts.publisher.latest();
  if (is_shard(*latest, shard)) co_return *latest;
  auto closed = co_await read_closed(parts, std::move(shard));
  co_return closed;
}

}  // namespace

async::Task<http::Response> tlog_checkpoint(const ApiParts& parts, http::Request request) {
  const auto published = co_await published_of(parts, request.param("shard"));
  if (!published) co_return refuse(request, published.error());
  auto response = http::text_response(200, published->note);
  response.headers.set("Cache-Control", "no-cache");
  co_return response;
}

async::Task<http::Response> tlog_tile(const ApiParts& parts, http::Request request) {
  const auto published = co_await published_of(parts, request.param("shard"));
  if (!published) co_return refuse(request, published.error());
  const auto id = trust::parse_tile_path("tile/" + request.param("tile"));
  if (!id || id->level == trust::TileId::kEntries) co_return refuse(request, Error(Code::NotFound, "no such tile"));
  const unsigned width = trust::tile_width(published->size, static_cast<unsigned>(id->level), id->index);
  if (id->width > width) co_return refuse(request, Error(Code::NotFound, "the log has no such tile yet"));
  auto bytes = co_await read_tile(parts, published->log, *id);
  if (!bytes) co_return refuse(request, bytes.error());
  http::Response response;
  response.headers.set("Content-Type", "application/octet-stream");
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  response.body = std::string(as_text(*bytes));
  co_return response;
}

}  // namespace sekisho::node
