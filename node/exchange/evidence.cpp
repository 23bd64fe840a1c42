#include "node/exchange/evidence.hpp"

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/http/problem.hpp"
#include "node/exchange/exchange_id.hpp"
#include "node/exchange/keys.hpp"
#include "trust/evidence/envelope.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMostIds = 256;

std::string outcome_name(pb::EntryKind kind) {
  switch (kind) {
    case pb::NRO_OUT: return "release";
    case pb::STREAM_OPEN_OUT: return "stream";
    case pb::REFUSAL_OUT: return "refusal";
    case pb::VOID_OUT: return "void";
    default: return "";
  }
}

}  // namespace

Result<std::optional<JsonObject>> EvidenceService::find(const std::string& peer_did, const Uuid& exchange) const {
  const auto claim = parts_.storage.get(Family::Exchange, outcome_claim(peer_did, exchange));
  if (!claim) return fail(claim.error());
  if (!*claim) return std::optional<JsonObject>();
  const Position at = read_be64(**claim);
  const auto entry = parts_.journal.reader().entry(at);
  if (!entry) return fail(entry.error());
  const auto envelope = parts_.journal.reader().envelope(at);
  if (!envelope) return fail(envelope.error());
  JsonObject out;
  out["exchange"] = to_text(exchange);
  out["outcome"] = outcome_name(entry->entry.kind());
  out["statement"] = to_base64url(trust::encode_envelope(*envelope));
  if (entry->entry.kind() == pb::NRO_OUT || entry->entry.kind() == pb::STREAM_OPEN_OUT) {
    const auto salt = parts_.disclosures.get(trust::statement_id(envelope->payload));
    if (!salt) return fail(salt.error());
    if (*salt) out["salt"] = to_hex(**salt);
  }
  return std::optional<JsonObject>(std::move(out));
}

Status EvidenceService::admit_void(const std::string& peer_did) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  Window& window = windows_[peer_did];
  if (now - window.start > std::chrono::minutes(1)) window = Window{now, 0};
  if (window.voids >= voids_per_minute_) {
    return fail(Error(Code::TooManyRequests, "too many voids and refusals of this peer in a minute").with("retry_after_s", "60"));
  }
  ++window.voids;
  return {};
}

async::Task<Result<JsonObject>> EvidenceService::find_or_void(trust::PeerIdentity peer, Uuid exchange, std::string transfer) {
  auto found = find(peer.did, exchange);
  if (!found) co_return fail(found.error());
  if (*found) co_return std::move(**found);
  // Evidence is answered for ever; a void is made only for an id that could still be used.
  if (const auto fresh = parse_exchange_id(to_text(exchange), parts_.clock.now()); !fresh) co_return fail(fresh.error());
  if (auto admitted = admit_void(peer.did); !admitted) co_return fail(admitted.error());

  trust::Draft draft;
  draft.kind = trust::StatementKind::Void;
  draft.members["recipient"] = JsonObject{{"did", peer.did}, {"zone", peer.zone}};
  draft.members["exchange"] = to_text(exchange);
  draft.members["code"] = "VOID";
  Unit unit;
  std::vector<std::pair<Dimension, std::string>> tokens{{Dimension::Counterparty, peer.did}};
  const auto asked = parts_.transfers.find(transfer);
  if (asked && asked->role == Role::Provider && asked->peer_did == peer.did) {
    draft.agreement = asked->agreement->digest;
    tokens.emplace_back(Dimension::Dataset, asked->agreement->dataset);
    tokens.emplace_back(Dimension::Purpose, asked->purpose);
    tokens.emplace_back(Dimension::Transfer, asked->provider_pid);
    tokens.emplace_back(Dimension::ZonePair, zone_pair(parts_.self.zone, asked->peer_zone));
  }
  unit.entries.push_back(EntryDraft{pb::VOID_OUT, exchange, std::move(draft), std::nullopt, std::move(tokens)});
  unit.claims.push_back(Claim{outcome_claim(peer.did, exchange)});
  const auto committed = co_await parts_.journal.commit(std::move(unit));
  if (!committed && committed.error().code != Code::ExchangeReplayed) co_return fail(committed.error());
  auto now = find(peer.did, exchange);
  if (!now) co_return fail(now.error());
  if (!*now) co_return fail(Code::Internal, "a void was committed and is not there");
  co_return std::move(**now);
}

async::Task<http::Response> EvidenceService::get(trust::PeerIdentity peer, std::string exchange, std::string transfer,
                                                  std::string correlation) {
  const auto id = uuid_from_text(exchange);
  if (!id) co_return http::problem(Error(Code::ExchangeId, "not a UUID", id.error()), correlation);
  const auto answer = co_await find_or_void(std::move(peer), *id, std::move(transfer));
  if (!answer) co_return http::problem(answer.error(), correlation);
  auto response = http::json_response(200, to_text(Json(*answer)));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

http::Response EvidenceService::batch(const trust::PeerIdentity& peer, std::string_view body, std::string_view correlation) const {
  const auto document = parse_json(body);
  if (!document) return http::problem(document.error(), correlation);
  if (!document->is_object()) return http::problem(Error(Code::JsonShape, "not an object"), correlation);
  const auto ids = get_array(document->get_object(), "exchanges");
  if (!ids) return http::problem(ids.error(), correlation);
  if ((*ids)->size() > kMostIds) return http::problem(Error(Code::LimitExceeded, "more than 256 ids"), correlation);
  JsonArray out;
  for (const auto& item : **ids) {
    const auto id = item.is_string() ? uuid_from_text(item.get_string()) : Result<Uuid>(fail(Code::ExchangeId, "not a text"));
    if (!id) return http::problem(Error(Code::ExchangeId, "an exchange id is not a UUID"), correlation);
    const auto found = find(peer.did, *id);
    if (!found) return http::problem(found.error(), correlation);
    out.push_back(*found ? Json(**found) : Json(JsonObject{{"exchange", to_text(*id)}, {"outcome", "none"}}));
  }
  auto response = http::json_response(200, to_text(Json(JsonObject{{"evidence", std::move(out)}})));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace sekisho::node
