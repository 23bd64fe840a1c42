// The signed, sequenced statement of everything a zone's nodes trust. parse() checks shape and the status key's
// signature (the key is the embedded own descriptor's, which its root signed); what the parts mean together is
// checked by TrustState. Errors: SnapshotInvalid with the failing part as cause.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/pki/crl.hpp"
#include "trust/zone/descriptor.hpp"
#include "trust/zone/node_record.hpp"
#include "trust/zone/recognition.hpp"

namespace sekisho::trust {

enum class RecognitionState : std::uint8_t { None, Active, Suspended, Withdrawn };
[[nodiscard]] std::string_view name_of(RecognitionState state);

struct ForeignZone {
  ZoneDescriptor descriptor;
  Recognition recognition;
  RecognitionState state = RecognitionState::None;
  Instant since;
  std::string reason;
  std::optional<Certificate> cross_certificate;
  std::vector<Crl> crls;
  std::vector<NodeRecord> nodes;
  std::uint64_t peer_sequence = 0;
  Digest peer_snapshot{};
  bool by_peer = false;  // suspended because the peer suspended or withdrew it, as its snapshot says
};

struct TrustSnapshot {
  std::string zone;
  std::uint64_t sequence = 0;
  std::optional<Digest> previous;
  Instant created, expires;
  ZoneDescriptor descriptor;
  std::vector<Crl> crls;
  std::vector<NodeRecord> nodes;
  std::vector<ForeignZone> foreign;

  Digest id{};
  Bytes signed_bytes;

  [[nodiscard]] static Result<TrustSnapshot> parse(BytesView signed_bytes);
};

[[nodiscard]] Result<Bytes> sign_snapshot(const TrustSnapshot& snapshot, const PrivateKey& status_key);

}  // namespace sekisho::trust
