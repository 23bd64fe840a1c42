#include "node/journal/materials.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::node {

namespace {

constexpr std::size_t kLongestChain = 8;

Bytes key(MaterialKind kind, const Digest& digest) {
  Bytes out;
  out.reserve(33);
  out.push_back(static_cast<std::uint8_t>(kind));
  append(out, digest);
  return out;
}

}  // namespace

Mutation archive_material(MaterialKind kind, BytesView bytes) {
  return archive_material(kind, sha256(bytes), bytes);
}

Mutation archive_material(MaterialKind kind, const Digest& id, BytesView bytes) {
  return {Family::Material, key(kind, id), to_bytes(bytes)};
}

Mutation archive_chain(std::span<const Bytes> der) {
  const Digest leaf = der.empty() ? Digest{} : sha256(BytesView(der.front()));
  return {Family::Material, key(MaterialKind::Chain, leaf), join_chain(der)};
}

Result<std::optional<Bytes>> find_material(const Storage& storage, MaterialKind kind, const Digest& digest) {
  return storage.get(Family::Material, key(kind, digest));
}

Result<std::optional<std::vector<Bytes>>> find_chain(const Storage& storage, const Digest& leaf) {
  Result<std::optional<Bytes>> joined = find_material(storage, MaterialKind::Chain, leaf);
  if (!joined) return fail(joined.error());
  if (!*joined) return std::optional<std::vector<Bytes>>();
  Result<std::vector<Bytes>> chain = split_chain(**joined);
  if (!chain) return fail(chain.error());
  return std::optional<std::vector<Bytes>>(std::move(*chain));
}

Status scan_material(const Storage& storage, MaterialKind kind, const EachMaterial& each) {
  const Bytes prefix{static_cast<std::uint8_t>(kind)};
  bool damaged = false;
  Status scanned = storage.scan(Family::Material, {}, prefix, [&](BytesView row, BytesView value) {
    Digest digest{};
    damaged = row.size() != 1 + digest.size();
    if (damaged) return false;
    std::memcpy(digest.data(), row.data() + 1, digest.size());
    return each(digest, value);
  });
  if (!scanned) return scanned;
  if (damaged) return fail(Code::DatabaseDamaged, "a material's key has another length");
  return {};
}

Bytes join_chain(std::span<const Bytes> der) {
  Bytes out;
  for (const Bytes& one : der) {
    append(out, BytesView(be64(one.size())).subspan(4));
    append(out, one);
  }
  return out;
}

Result<std::vector<Bytes>> split_chain(BytesView joined) {
  std::vector<Bytes> out;
  while (!joined.empty()) {
    if (joined.size() < 4 || out.size() == kLongestChain) break;
    const std::uint64_t size = read_be64(joined.first(4));
    joined = joined.subspan(4);
    if (size == 0 || size > joined.size()) return fail(Code::DatabaseDamaged, "a chain's lengths do not fit");
    out.push_back(to_bytes(joined.first(size)));
    joined = joined.subspan(size);
  }
  if (!joined.empty() || out.empty()) return fail(Code::DatabaseDamaged, "a chain's lengths do not fit");
  return out;
}

}  // namespace sekisho::node
