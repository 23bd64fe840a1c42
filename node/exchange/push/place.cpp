#include "node/exchange/push/place.hpp"

#include "base/core/json.hpp"
#include "node/exchange/stream/positions.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kPrefix = "push";

Bytes place_row(const std::string& provider_pid) { return to_bytes(std::string(kPrefix) + provider_pid); }

}  // namespace

Unit taken_unit(const PushedExchange& pushed, const Taken& taken, bool complete) {
  const TransferRecord& transfer = *pushed.transfer;
  const JsonObject detail{{"what", "push.taken"},
                          {"exchange", to_text(pushed.exchange)},
                          {"transfer", transfer.provider_pid},
                          {"chunks", static_cast<std::int64_t>(taken.chunks)},
                          {"bytes", static_cast<std::int64_t>(taken.bytes)},
                          {"status", taken.status}};
  Unit unit;
  unit.entries.push_back(EntryDraft{pb::OBSERVED,
                                    pushed.exchange,
                                    canonical_json(detail).value_or(""),
                                    transfer.agreement->digest,
                                    {{Dimension::Counterparty, transfer.peer_did},
                                     {Dimension::Dataset, transfer.agreement->dataset},
                                     {Dimension::Purpose, transfer.purpose},
                                     {Dimension::Transfer, transfer.provider_pid}}});
  if (pushed.resumed) forget_points({transfer.peer_did, pushed.resumed->of, pushed.resumed->chunk}, unit.mutations);
  if (complete) {
    forget_points({transfer.peer_did, pushed.exchange, taken.chunks}, unit.mutations);
    unit.mutations.push_back(forget_push_place(transfer.provider_pid));
  } else {
    unit.mutations.push_back(Mutation{Family::Exchange, place_row(transfer.provider_pid),
                                      to_bytes(resume_text(pushed.exchange, taken.chunks))});
  }
  return unit;
}

Result<std::string> find_push_place(const Storage& storage, const std::string& provider_pid) {
  const auto row = storage.get(Family::Exchange, place_row(provider_pid));
  if (!row) return fail(row.error());
  return *row ? std::string(as_text(**row)) : std::string();
}

Mutation forget_push_place(const std::string& provider_pid) {
  return Mutation{Family::Exchange, place_row(provider_pid), std::nullopt};
}

Result<std::vector<std::string>> push_places(const Storage& storage) {
  std::vector<std::string> pids;
  const auto scanned = storage.scan(Family::Exchange, {}, as_bytes(kPrefix), [&](BytesView key, BytesView) {
    pids.emplace_back(as_text(key.subspan(kPrefix.size())));
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return pids;
}

}  // namespace sekisho::node
