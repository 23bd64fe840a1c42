// Material: what a verifier needs years later and no log entry holds: certificate chains, CRLs, recognitions, zone
// descriptors and trust snapshots. Archived in Family::Material whenever the trust state changes or a peer's chain
// is first seen; never erased. Key: kind ‖ digest; the same object twice is one row.
//
// Pure but for the reads; thread-safe as the storage is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

// Numbers are stored.
enum class MaterialKind : std::uint8_t {
  Chain = 1,        // digest of the leaf certificate → be32-length DER, leaf first, without the root
  Crl = 2,          // digest of the bytes → DER
  Recognition = 3,  // object id (trust/zone/signed_object.hpp) → the object signed by both roots
  Descriptor = 4,   // object id → a zone's descriptor
  Snapshot = 5,     // object id → a trust snapshot; statements name it by this digest
  Certificate = 6,  // … → one DER (cross-certificates, issuing CAs)
  Agreement = 7,    // digest that statements name it by → the agreement's canonical JSON
};

// The mutation that archives `bytes` under their SHA-256, or under an object's id. Put it into any unit.
[[nodiscard]] Mutation archive_material(MaterialKind kind, BytesView bytes);
[[nodiscard]] Mutation archive_material(MaterialKind kind, const Digest& id, BytesView bytes);
// A chain, under the SHA-256 of its first certificate (a statement's issuer.cert).
[[nodiscard]] Mutation archive_chain(std::span<const Bytes> der);

[[nodiscard]] Result<std::optional<Bytes>> find_material(const Storage& storage, MaterialKind kind,
                                                         const Digest& digest);
[[nodiscard]] Result<std::optional<std::vector<Bytes>>> find_chain(const Storage& storage, const Digest& leaf);

// Ascending by digest, until `each` returns false.
using EachMaterial = std::function<bool(const Digest& digest, BytesView bytes)>;
[[nodiscard]] Status scan_material(const Storage& storage, MaterialKind kind, const EachMaterial& each);

// be32-length ‖ DER …, and back (Code::DatabaseDamaged for anything else).
[[nodiscard]] Bytes join_chain(std::span<const Bytes> der);
[[nodiscard]] Result<std::vector<Bytes>> split_chain(BytesView joined);

}  // namespace sekisho::node
