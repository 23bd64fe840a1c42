#include "node/admin/status.hpp"

#include "base/core/version.hpp"

namespace sekisho::node {
namespace {

Result<std::int64_t> count_rows(const Storage& storage, Family family, std::string_view prefix) {
  std::int64_t rows = 0;
  const auto scanned = storage.scan(family, {}, as_bytes(prefix), [&](BytesView, BytesView) {
    ++rows;
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return rows;
}

Result<std::int64_t> count_entries(const LogReader& reader, pb::EntryKind kind) {
  std::int64_t entries = 0;
  const auto scanned = reader.postings(Dimension::Kind, std::to_string(static_cast<int>(kind)), 0, [&](Position) {
    ++entries;
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return entries;
}

}  // namespace

Result<JsonObject> node_status(const StatusParts& parts) {
  const auto intents = count_rows(parts.storage, Family::Exchange, "intent");
  if (!intents) return fail(intents.error());
  const auto releases = count_rows(parts.storage, Family::Exchange, "open");
  if (!releases) return fail(releases.error());
  const auto receipts = count_rows(parts.storage, Family::Outbox, "rcpt/");
  if (!receipts) return fail(receipts.error());
  const auto alerts = count_entries(parts.journal.reader(), pb::ALERT);
  if (!alerts) return fail(alerts.error());
  const auto state = parts.trust.current();
  const Head head = parts.journal.head();
  const auto published = parts.publisher.latest();
  const ClockReading clock = parts.clock.read();

  JsonObject out;
  out["version"] = version();
  out["node"] = JsonObject{{"did", parts.self.did},
                           {"zone", parts.self.zone},
                           {"organization", parts.self.organization},
                           {"keys", parts.self.keys_wrapped ? "wrapped" : "plain files, mode 0600"}};
  out["snapshot"] = state ? Json(JsonObject{{"sequence", static_cast<std::int64_t>(state->sequence())},
                                            {"created", to_rfc3339(state->created())},
                                            {"expires", to_rfc3339(state->expires())}})
                          : Json(nullptr);
  out["log"] = JsonObject{{"origin", parts.journal.origin()},
                          {"size", static_cast<std::int64_t>(head.size)},
                          {"published", static_cast<std::int64_t>(published->size)},
                          {"alerts", *alerts},
                          {"stopped", parts.journal.stopped()}};
  out["exchanges"] =
      JsonObject{{"open_intents", *intents}, {"open_releases", *releases}, {"receipts_to_send", *receipts}};
  out["agreements"] = static_cast<std::int64_t>(parts.agreements());
  out["sources"] = parts.sources ? parts.sources() : JsonArray();
  out["clock"] = JsonObject{{"now", to_rfc3339(clock.now)},
                            {"uncertainty_us", clock.uncertainty.count()},
                            {"synchronised", parts.clock.synchronised()}};
  JsonArray list;
  for (const auto& alarm : alarms(parts)) list.push_back(Json(alarm));
  out["alarms"] = std::move(list);
  return out;
}

std::vector<std::string> alarms(const StatusParts& parts) {
  std::vector<std::string> out;
  if (parts.journal.stopped()) out.emplace_back("JOURNAL_STOPPED: the log cannot be written; nothing is released");
  if (const auto published = parts.publisher.status(); !published) out.push_back(published.error().chain());
  const auto state = parts.trust.current();
  if (!state) {
    out.emplace_back("SNAPSHOT_INVALID: there is no trust snapshot");
  } else if (state->expires() < parts.clock.now()) {
    out.emplace_back("SNAPSHOT_STALE: the trust snapshot has expired");
  }
  return out;
}

}  // namespace sekisho::node
