#include "node/api/exchange_api.hpp"

#include <algorithm>
#include <array>

#include "base/core/encoding.hpp"
#include "node/api/respond.hpp"
#include "node/exchange/owners.hpp"
#include "trust/evidence/envelope.hpp"

namespace sekisho::node {
namespace {

struct Stage {
  pb::EntryKind kind;
  std::string_view state;
};

// In the order of an exchange's life: the last one that is in the log is its state.
constexpr auto kStages = std::to_array<Stage>({{pb::INTENT, "open"},
                                               {pb::NRO_IN, "released"},
                                               {pb::REFUSAL_IN, "refused"},
                                               {pb::VOID_IN, "void"},
                                               {pb::STREAM_OPEN_IN, "streaming"},
                                               {pb::STREAM_END_IN, "stream ended"}});

Result<JsonObject> describe(const ApiParts& parts, const Uuid& exchange) {
  const LogReader& reader = parts.journal.reader();
  JsonObject out{{"exchange", to_text(exchange)}};
  for (const Stage& stage : kStages) {
    const auto found = reader.find_all(stage.kind, exchange);
    if (!found) return fail(found.error());
    if (found->empty()) continue;
    const Position at = std::ranges::max(*found);
    out["state"] = stage.state;
    out["log"] = parts.journal.origin() + "#" + std::to_string(index_of(at));
    if (stage.kind == pb::INTENT) continue;
    const auto envelope = reader.envelope(at);
    if (!envelope) return fail(envelope.error());
    out["statement"] = to_base64url(trust::encode_envelope(*envelope));
  }
  if (!out.contains("state")) return fail(Code::NotFound, "no such exchange of this node");
  return out;
}

}  // namespace

http::Response get_exchange(const ApiParts& parts, const http::Request& request) {
  const auto id = uuid_from_text(request.param("id"));
  if (!id) return refuse(request, Error(Code::ExchangeId, "not a UUID", id.error()));
  const auto seen = owns_exchange(parts.storage, *id, client_of(request)->id);
  if (!seen) return refuse(request, seen.error());
  if (!*seen && !may_audit(request)) return refuse(request, Error(Code::NotFound, "no such exchange of this client"));
  const auto exchange = describe(parts, *id);
  if (!exchange) return refuse(request, exchange.error());
  return json(*exchange);
}

}  // namespace sekisho::node
