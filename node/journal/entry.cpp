#include "node/journal/entry.hpp"

#include <algorithm>
#include <cstring>

namespace sekisho::node {

namespace {

constexpr std::uint8_t kPadTag = (10U << 3) | 2U;  // field 10, length-delimited: the last one

Error malformed(std::string_view why) { return {Code::ProtobufFormat, "not a log entry: " + std::string(why)}; }

// How many zeros the pad field needs, so that tag, length and zeros fill the last block. Nothing fills 1 or 2 octets
// (an empty field is not written), nor exactly 130: then it takes a block more.
std::size_t pad_zeros(std::size_t size) {
  std::size_t gap = (kEntryBlock - size % kEntryBlock) % kEntryBlock;
  if (gap == 0) return 0;
  if (gap < 3) gap += kEntryBlock;
  if (gap == 130) gap += kEntryBlock;
  return gap <= 129 ? gap - 2 : gap - 3;
}

// Only what the schema knows; a re-encoding of it differs from bytes with unknown or reordered fields.
pb::Entry known_fields(const pb::Entry& entry) {
  pb::Entry out;
  out.set_version(entry.version());
  out.set_kind(entry.kind());
  out.set_time_us(entry.time_us());
  out.set_exchange(entry.exchange());
  out.set_agreement(entry.agreement());
  out.set_payload(entry.payload());
  if (entry.has_seal()) {
    pb::Seal& seal = *out.mutable_seal();
    seal.set_algorithm(entry.seal().algorithm());
    seal.set_index(entry.seal().index());
    seal.set_size(entry.seal().size());
    for (const std::string& node : entry.seal().path()) seal.add_path(node);
    seal.set_signature(entry.seal().signature());
  }
  for (const pb::Token& token : entry.tokens()) {
    pb::Token& copy = *out.add_tokens();
    copy.set_dimension(token.dimension());
    copy.set_value(token.value());
  }
  out.set_detail(entry.detail());
  return out;
}

Status check_shape(const pb::Entry& entry) {
  if (entry.version() != kEntryVersion) return fail(malformed("unknown version"));
  if (!pb::EntryKind_IsValid(entry.kind()) || entry.kind() == pb::ENTRY_KIND_UNSPECIFIED) {
    return fail(malformed("unknown kind"));
  }
  if (!entry.exchange().empty() && entry.exchange().size() != 16) return fail(malformed("exchange id"));
  if (!entry.agreement().empty() && entry.agreement().size() != 32) return fail(malformed("agreement"));
  if (entry.payload().empty() == entry.detail().empty()) return fail(malformed("neither statement nor detail"));
  if (entry.payload().empty() == entry.has_seal()) return fail(malformed("a seal without its statement"));
  if (entry.tokens_size() > kMaxTokens) return fail(malformed("too many tokens"));
  for (const pb::Token& token : entry.tokens()) {
    if (token.value().size() != 16 || token.dimension() == 0 || token.dimension() > 255) {
      return fail(malformed("token"));
    }
  }
  return {};
}

}  // namespace

Bytes encode_entry(const pb::Entry& entry) {
  const std::size_t size = entry.ByteSizeLong();
  const std::size_t zeros = pad_zeros(size);
  Bytes out(size);
  out.reserve(size + zeros + 3);
  entry.SerializeWithCachedSizesToArray(out.data());
  if (zeros != 0) {
    out.push_back(kPadTag);
    if (zeros < 128) {
      out.push_back(static_cast<std::uint8_t>(zeros));
    } else {
      out.push_back(static_cast<std::uint8_t>(0x80 | (zeros & 0x7f)));
      out.push_back(static_cast<std::uint8_t>(zeros >> 7));
    }
    out.resize(out.size() + zeros);
  }
  return out;
}

Result<pb::Entry> decode_entry(BytesView bytes) {
  if (bytes.size() > kMaxEntryBytes) return fail(Code::LimitExceeded, "a log entry over 60 KiB");
  pb::Entry entry;
  if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return fail(malformed("not Protobuf"));
  Status shape = check_shape(entry);
  if (!shape) return fail(shape.error());
  if (!std::ranges::equal(encode_entry(known_fields(entry)), bytes)) return fail(malformed("another spelling"));
  entry.clear_pad();
  return entry;
}

TokenValue counterparty(const pb::Entry& entry) {
  TokenValue out{};
  for (const pb::Token& token : entry.tokens()) {
    if (token.dimension() != static_cast<std::uint32_t>(Dimension::Counterparty)) continue;
    std::memcpy(out.data(), token.value().data(), out.size());
    break;
  }
  return out;
}

}  // namespace sekisho::node
