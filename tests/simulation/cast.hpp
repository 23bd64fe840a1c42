// Who plays in a simulation: two organizations with real keys, certificates and snapshots, made once for all runs, and
// the databases that runs begin with. One thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "node/dataspace/profile.hpp"
#include "node/identity/local_identity.hpp"
#include "node/identity/trust_holder.hpp"
#include "tests/simulation/storage.hpp"
#include "tests/support/test_zone.hpp"

namespace sekisho::simulation {

inline constexpr std::size_t kFarm = 0;   // the provider
inline constexpr std::size_t kTrade = 1;  // the consumer
inline constexpr std::size_t kNodes = 2;

struct Cast {
  Cast();

  std::unique_ptr<ManualClock> clock;  // of everybody; each run sets it back
  sekisho::test::TestZones zones;
  std::array<node::LocalIdentity, kNodes> self;
  std::array<std::unique_ptr<node::TrustHolder>, kNodes> trust;
  // seen[x][y]: y as x knows it from its TLS certificate.
  std::array<std::array<trust::PeerIdentity, kNodes>, kNodes> seen;
  std::vector<std::string> hosts;
  Json offer;                    // of farm's catalogue, as trade sees it
  Json other_offer;              // with the same id and other rules
  SimStorage::Tables catalogue;  // farm's objects

  [[nodiscard]] static Cast& shared();
};

}  // namespace sekisho::simulation
