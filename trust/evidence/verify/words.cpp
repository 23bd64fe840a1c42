#include "trust/evidence/verify/words.hpp"

#include <algorithm>
#include <ranges>

namespace sekisho::trust::verify {
namespace {

const ForeignZone* about(const TrustSnapshot& snapshot, const std::string& peer) {
  const auto it = std::ranges::find_if(snapshot.foreign, [&](const ForeignZone& f) { return f.descriptor.zone == peer; });
  return it == snapshot.foreign.end() ? nullptr : &*it;
}

// A later word reaches back as far as it says since when it is so, but no farther than clocks may differ.
bool reaches_back(const TrustSnapshot& snapshot, const std::string& peer, Instant at) {
  const ForeignZone* zone = about(snapshot, peer);
  return zone && zone->since <= at && snapshot.created - at <= kSnapshotSkew;
}

}  // namespace

bool recognises(const TrustSnapshot& snapshot, const std::string& peer, Instant at) {
  const ForeignZone* zone = about(snapshot, peer);
  return zone && zone->state == RecognitionState::Active && zone->recognition.in_force(at);
}

Words::Words(const Material& material) {
  for (const auto& [id, item] : material.snapshots) {
    if (item.anchored) zones_[item.snapshot.zone].emplace(item.snapshot.sequence, &item);
  }
  for (const auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    const auto found = material.snapshots.find(s.snapshot_digest);
    if (!item.sealed || found == material.snapshots.end()) continue;
    const SnapshotItem& snapshot = found->second;
    if (snapshot.snapshot.zone != s.issuer.zone) continue;
    zones_[s.issuer.zone].emplace(snapshot.snapshot.sequence, &snapshot);
    nodes_[s.issuer.did].emplace(s.time, Naming{&snapshot, &snapshot});
  }
  for (auto& [did, namings] : nodes_) {
    const SnapshotItem* known = nullptr;
    for (auto& [time, naming] : namings) {
      if (!known || naming.named->snapshot.sequence > known->snapshot.sequence) known = naming.named;
      naming.known = known;
    }
  }
}

Word Words::at(const std::string& zone, const std::string& node, const std::string& peer, Instant at,
               std::chrono::microseconds apart) const {
  const auto said = zones_.find(zone);
  if (said == zones_.end()) return {};
  const SnapshotItem* named = nullptr;  // the newest that the node named until then
  const SnapshotItem* known = nullptr;  // and surely before it
  const SnapshotItem* next = nullptr;   // that it names after it surely knew that
  if (const auto namings = nodes_.find(node); namings != nodes_.end()) {
    const auto until = [&](Instant then) {
      const auto after = namings->second.upper_bound(then);
      return after == namings->second.begin() ? nullptr : std::prev(after)->second.known;
    };
    named = until(at);
    known = until(at - apart);
    const auto after = namings->second.upper_bound(at - apart);
    if (after != namings->second.end()) next = after->second.named;
  }
  Word out;
  for (const auto& [sequence, item] : std::views::reverse(said->second)) {
    if (item->snapshot.created > at && item != named) continue;
    out.newest = item;
    break;
  }
  if (!out.newest) {
    const SnapshotItem* first = said->second.begin()->second;
    if (reaches_back(first->snapshot, peer, at)) out.newest = first;
    return out;
  }
  const std::uint64_t newest = out.newest->snapshot.sequence;
  if (known && known->snapshot.sequence >= newest) return out;
  out.held = next && next->snapshot.sequence < newest ? next : known;
  return out;
}

}  // namespace sekisho::trust::verify
