#include "node/identity/trust_material.hpp"

#include <algorithm>

#include "node/journal/materials.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kNewestSnapshot = "snapshot";  // be64 sequence ‖ digest

void add_descriptor(std::vector<Mutation>& out, const trust::ZoneDescriptor& descriptor) {
  out.push_back(archive_material(MaterialKind::Descriptor, descriptor.id, descriptor.signed_bytes));
  out.push_back(archive_material(MaterialKind::Certificate, descriptor.root.der()));
  out.push_back(archive_material(MaterialKind::Certificate, descriptor.cross_ca.der()));
  for (const trust::Certificate& ca : descriptor.issuing_cas)
    out.push_back(archive_material(MaterialKind::Certificate, ca.der()));
}

}  // namespace

std::vector<Mutation> trust_material(const trust::TrustState& state) {
  std::vector<Mutation> out;
  out.push_back(archive_material(MaterialKind::Snapshot, state.digest(), state.bytes()));
  add_descriptor(out, state.descriptor());
  for (const trust::Crl& crl : state.crls()) out.push_back(archive_material(MaterialKind::Crl, crl.der()));
  for (const trust::ForeignZone& zone : state.foreign_zones()) {
    add_descriptor(out, zone.descriptor);
    out.push_back(archive_material(MaterialKind::Recognition, zone.recognition.object.id(),
                                   trust::encode_signed(zone.recognition.object)));
    if (zone.cross_certificate)
      out.push_back(archive_material(MaterialKind::Certificate, zone.cross_certificate->der()));
    for (const trust::Crl& crl : zone.crls) out.push_back(archive_material(MaterialKind::Crl, crl.der()));
  }
  return out;
}

Mutation newest_snapshot_row(const trust::TrustState& state) {
  Bytes row = to_bytes(be64(state.sequence()));
  append(row, state.digest());
  return Mutation{Family::Meta, to_bytes(kNewestSnapshot), std::move(row)};
}

Result<SeenSnapshot> newest_snapshot(const Storage& storage) {
  const auto row = storage.get(Family::Meta, as_bytes(kNewestSnapshot));
  if (!row) return fail(row.error());
  SeenSnapshot out;
  if (!*row) return out;
  if ((*row)->size() != 8 + out.digest.size()) {
    return fail(Code::DatabaseDamaged, "the row of the newest snapshot has another length");
  }
  out.sequence = read_be64(**row);
  std::copy((*row)->begin() + 8, (*row)->end(), out.digest.begin());
  return out;
}

}  // namespace sekisho::node
