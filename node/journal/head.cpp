#include "node/journal/head.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::node {

namespace {

constexpr std::uint8_t kVersion = 1;
// version ‖ be16 log ‖ be64 size ‖ root ‖ be64 time ‖ be64 epoch; then the frontier; then 8 octets of SHA-256.
constexpr std::size_t kFixed = 1 + 2 + 8 + 32 + 8 + 8;
constexpr std::size_t kCheck = 8;

Error damaged(std::string_view why) {
  return {Code::DatabaseDamaged, "the log's head does not read: " + std::string(why)};
}

}  // namespace

Bytes serialise_head(const StoredHead& stored) {
  const Head& head = stored.head;
  Bytes out{kVersion, static_cast<std::uint8_t>(head.log >> 8), static_cast<std::uint8_t>(head.log & 0xff)};
  append(out, be64(head.size));
  append(out, head.root);
  append(out, be64(static_cast<std::uint64_t>(head.time.time_since_epoch().count())));
  append(out, be64(head.epoch));
  append(out, stored.frontier.serialise());
  const Digest check = sha256(BytesView(out));
  append(out, BytesView(check).first(kCheck));
  return out;
}

Result<StoredHead> parse_head(BytesView bytes) {
  if (bytes.size() < kFixed + kCheck) return fail(damaged("too short"));
  const BytesView body = bytes.first(bytes.size() - kCheck);
  const Digest check = sha256(body);
  if (std::memcmp(check.data(), bytes.data() + body.size(), kCheck) != 0) return fail(damaged("wrong checksum"));
  if (body[0] != kVersion) return fail(Code::SchemaNewer, "the log's head is of a newer version");
  StoredHead out;
  out.head.log = static_cast<std::uint16_t>((body[1] << 8) | body[2]);
  out.head.size = read_be64(body.subspan(3));
  std::memcpy(out.head.root.data(), body.data() + 11, 32);
  out.head.time = Instant(std::chrono::microseconds(static_cast<std::int64_t>(read_be64(body.subspan(43)))));
  out.head.epoch = read_be64(body.subspan(51));
  Result<trust::Frontier> frontier = trust::Frontier::parse(body.subspan(kFixed));
  if (!frontier) return fail(Code::DatabaseDamaged, "the log's frontier does not read", frontier.error());
  if (frontier->size() != out.head.size || frontier->root() != out.head.root) {
    return fail(damaged("the frontier is of another tree"));
  }
  out.frontier = std::move(*frontier);
  return out;
}

}  // namespace sekisho::node
