#include "trust/zone/wire_shape.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace sekisho::trust {

namespace {

using Child = std::pair<std::uint32_t, const WireShape*>;

constexpr WireShape kSignature{2};
constexpr WireShape kPolicyEntry{4};
constexpr WireShape kParty{5};
constexpr WireShape kLevelPair{2};
constexpr WireShape kNodeKey{3};
constexpr std::array<Child, 1> kSignedChildren{{{2, &kSignature}}};
constexpr WireShape kSigned{2, kSignedChildren};
constexpr std::array<Child, 1> kDescriptorChildren{{{10, &kPolicyEntry}}};
constexpr WireShape kDescriptor{14, kDescriptorChildren};
constexpr std::array<Child, 3> kRecognitionChildren{{{2, &kParty}, {3, &kParty}, {4, &kLevelPair}}};
constexpr WireShape kRecognition{12, kRecognitionChildren};
constexpr std::array<Child, 2> kNodeChildren{{{7, &kNodeKey}, {8, &kNodeKey}}};
constexpr WireShape kNode{10, kNodeChildren};
constexpr std::array<Child, 1> kForeignChildren{{{9, &kNode}}};
constexpr WireShape kForeign{12, kForeignChildren};
constexpr std::array<Child, 2> kSnapshotChildren{{{9, &kNode}, {10, &kForeign}}};
constexpr WireShape kSnapshot{10, kSnapshotChildren};
constexpr WireShape kRequest{9};
constexpr WireShape kCertificates{4};
constexpr WireShape kPossession{3};

std::optional<std::uint64_t> take_varint(BytesView& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (in.empty()) return std::nullopt;
    const std::uint8_t octet = in.front();
    in = in.subspan(1);
    value |= static_cast<std::uint64_t>(octet & 0x7f) << shift;
    if ((octet & 0x80) == 0) return value;
  }
  return std::nullopt;
}

}  // namespace

bool known_fields_only(BytesView in, const WireShape& shape, int depth) {
  if (depth > 4) return false;
  while (!in.empty()) {
    const std::optional<std::uint64_t> tag = take_varint(in);
    if (!tag || (*tag >> 3) == 0 || (*tag >> 3) > shape.fields) return false;
    const auto number = static_cast<std::uint32_t>(*tag >> 3);
    const auto child = std::ranges::find(shape.children, number, &Child::first);
    const std::optional<std::uint64_t> value = take_varint(in);
    if (!value) return false;
    if ((*tag & 7) == 0) continue;  // an integer
    if ((*tag & 7) != 2 || *value > in.size()) return false;
    if (child != shape.children.end() && !known_fields_only(in.first(*value), *child->second, depth + 1)) return false;
    in = in.subspan(*value);
  }
  return true;
}

const WireShape& shape_of(const pb::Signed&) { return kSigned; }
const WireShape& shape_of(const pb::ZoneDescriptor&) { return kDescriptor; }
const WireShape& shape_of(const pb::Recognition&) { return kRecognition; }
const WireShape& shape_of(const pb::TrustSnapshot&) { return kSnapshot; }
const WireShape& shape_of(const pb::NodeRequest&) { return kRequest; }
const WireShape& shape_of(const pb::NodeCertificates&) { return kCertificates; }
const WireShape& shape_of(const pb::Possession&) { return kPossession; }

}  // namespace sekisho::trust
