// What zones said of each other, and when: of the snapshots in a bundle, the one that was a zone's newest word at an
// instant, and the older one that its node may still have held. A zone's word counts from the instant at which it was
// created, whether a statement names it or an auditor added it; what a node held is what its own sealed statements name.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {

struct Word {
  const SnapshotItem* newest = nullptr;  // nothing: no snapshot of the bundle says how it was at that instant
  const SnapshotItem* held = nullptr;    // older, where the node's statements leave open that the newest had reached it
};

class Words {
 public:
  // Keeps pointers into `material`. Counts anchored snapshots, and those that sealed statements name.
  explicit Words(const Material& material);

  // The word of `zone` about the zone `peer` at that instant; `node` is the DID of the party that is of `zone`, and
  // `apart` how far its clock may be from the one that told the instant: what it named within that time before the
  // instant it may have learnt after it.
  [[nodiscard]] Word at(const std::string& zone, const std::string& node, const std::string& peer, Instant at,
                        std::chrono::microseconds apart = std::chrono::microseconds(0)) const;

 private:
  struct Naming {
    const SnapshotItem* named;
    const SnapshotItem* known;  // the newest that was named until then
  };
  std::map<std::string, std::map<std::uint64_t, const SnapshotItem*>> zones_;  // by sequence
  std::map<std::string, std::map<Instant, Naming>> nodes_;                     // by DID and time of the statement
};

// Active in that snapshot, and in force by its terms at that instant.
[[nodiscard]] bool recognises(const TrustSnapshot& snapshot, const std::string& peer, Instant at);

}  // namespace sekisho::trust::verify
