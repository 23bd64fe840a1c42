// Which fields a message may have, at every depth: Protobuf's lite code keeps unknown fields without a way to ask for
// them, and a signed body must hold nothing that the reader did not read. Fields are numbered 1 … n without gaps.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "base/core/bytes.hpp"
#include "schemas/zone.pb.h"

namespace sekisho::trust {

struct WireShape {
  std::uint32_t fields = 0;
  std::span<const std::pair<std::uint32_t, const WireShape*>> children{};  // fields that hold messages
};

[[nodiscard]] bool known_fields_only(BytesView bytes, const WireShape& shape, int depth = 0);

[[nodiscard]] const WireShape& shape_of(const pb::Signed&);
[[nodiscard]] const WireShape& shape_of(const pb::ZoneDescriptor&);
[[nodiscard]] const WireShape& shape_of(const pb::Recognition&);
[[nodiscard]] const WireShape& shape_of(const pb::TrustSnapshot&);
[[nodiscard]] const WireShape& shape_of(const pb::NodeRequest&);
[[nodiscard]] const WireShape& shape_of(const pb::NodeCertificates&);
[[nodiscard]] const WireShape& shape_of(const pb::Possession&);

}  // namespace sekisho::trust
