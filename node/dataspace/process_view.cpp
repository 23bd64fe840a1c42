#include "node/dataspace/process_view.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace sekisho::node {
namespace {

void put_message(JsonObject& out, const OutboxMessage& message) {
  JsonObject pending{{"message", message.kind}, {"attempts", static_cast<std::int64_t>(message.failure ? message.failure->tries : 0)}};
  if (message.failure) {
    const OutboxFailure& failure = *message.failure;
    pending["last_attempt"] = to_rfc3339(failure.at);
    pending["next_attempt"] = to_rfc3339(failure.next);
    pending["error"] = JsonObject{{"code", failure.code}, {"chain", failure.text}};
  }
  out["pending"] = std::move(pending);
}

}  // namespace

JsonObject summary(const ProcessBase& process, const ProcessView& view) {
  JsonObject out{{"process", process.pid},
                 {"kind", view.kind},
                 {"role", process.role == Role::Provider ? "provider" : "consumer"},
                 {"peer", process.peer_dns},
                 {"peer_process", process.peer_pid},
                 {"state", view.state},
                 {"since", to_rfc3339(process.since)}};
  for (const auto& member : view.subject) out[member.key()] = member.value();
  if (view.deadline) out["deadline"] = to_rfc3339(*view.deadline);
  if (!process.code.empty()) out["code"] = process.code;
  if (!process.pending.empty()) out["waiting_for"] = "the peer to take " + process.pending;
  return out;
}

JsonObject description(const ProcessBase& process, const ProcessView& view) {
  JsonObject out = summary(process, view);
  out["peer_did"] = process.peer_did;
  if (!process.reason.empty()) out["reason"] = process.reason;
  if (view.message) put_message(out, *view.message);
  JsonArray timeline;
  for (const ProcessEvent& event : process.timeline.events()) {
    JsonObject line{{"at", to_rfc3339(event.at)}, {"source", source_name(event.source)}, {"message", event.what}, {"state", event.state}};
    if (!event.code.empty()) line["code"] = event.code;
    timeline.push_back(std::move(line));
  }
  out["timeline"] = std::move(timeline);
  return out;
}

}  // namespace sekisho::node
