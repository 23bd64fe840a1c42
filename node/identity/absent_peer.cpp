#include "node/identity/absent_peer.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sekisho::node {

Error absent_peer(const trust::TrustState* state, const std::string& dns) {
  if (state != nullptr) {
    for (const trust::ForeignZone& zone : state->foreign_zones()) {
      const bool listed = std::ranges::any_of(zone.nodes, [&](const trust::NodeRecord& n) { return n.dns == dns; });
      if (!listed || zone.state == trust::RecognitionState::Active) continue;
      const bool suspended = zone.state == trust::RecognitionState::Suspended;
      const std::string what = fmt::format("the recognition of zone {}, to which {} belongs, {}", zone.descriptor.zone,
                                           dns, suspended ? "is suspended" : "was withdrawn");
      return Error(suspended ? Code::RecognitionSuspended : Code::ZoneNotRecognised, what)
          .with("peer", dns)
          .with("zone", zone.descriptor.zone);
    }
  }
  return Error(Code::PeerUnknown, fmt::format("no node {} in the trust snapshot", dns)).with("peer", dns);
}

}  // namespace sekisho::node
