#include "node/api/tlog.hpp"

#include "base/async/run_blocking.hpp"
#include "node/api/respond.hpp"
#include "trust/log/checkpoint.hpp"
#include "trust/log/tile.hpp"

namespace sekisho::node {
namespace {

Status current_shard(const Published& published, const std::string& shard) {
  const auto origin = trust::parse_log_origin(published.origin);
  if (!origin || origin->shard() != shard) return fail(Code::NotFound, "no such log");
  return {};
}

// In a plain function, because a capturing lambda inside an awaited expression is destroyed twice by g++ 12 (GCC 107288).
async::Task<Result<Bytes>> read_tile(const ApiParts& parts, std::uint16_t log, trust::TileId tile) {
  return async::run_blocking(parts.blocking, [&reader = parts.journal.reader(), log, tile] {
    return reader.tile(log, static_cast<unsigned>(tile.level), tile.index, tile.width);
  });
}

}  // namespace

http::Response tlog_checkpoint(const ApiParts& parts, const http::Request& request) {
  const auto published = parts.publisher.latest();
  if (const auto known = current_shard(*published, request.param("shard")); !known) return refuse(request, known.error());
  auto response = http::text_response(200, published->note);
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

async::Task<http::Response> tlog_tile(const ApiParts& parts, http::Request request) {
  const auto published = parts.publisher.latest();
  if (const auto known = current_shard(*published, request.param("shard")); !known) co_return refuse(request, known.error());
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
