#include "trust/evidence/log_entry.hpp"

#include <algorithm>

#include "trust/log/tile.hpp"

namespace sekisho::trust {
namespace {

// Lite messages keep unknown fields and write them back: only a copy of what is known shows that there were none.
pb::Entry known(const pb::Entry& entry) {
  pb::Entry out;
  out.set_version(entry.version());
  out.set_kind(entry.kind());
  out.set_time_us(entry.time_us());
  out.set_exchange(entry.exchange());
  out.set_agreement(entry.agreement());
  out.set_payload(entry.payload());
  if (entry.has_seal()) {
    const pb::Seal& seal = entry.seal();
    pb::Seal& copy = *out.mutable_seal();
    copy.set_algorithm(seal.algorithm());
    copy.set_index(seal.index());
    copy.set_size(seal.size());
    for (const std::string& hash : seal.path()) copy.add_path(hash);
    copy.set_signature(seal.signature());
  }
  for (const pb::Token& token : entry.tokens()) {
    pb::Token& copy = *out.add_tokens();
    copy.set_dimension(token.dimension());
    copy.set_value(token.value());
  }
  out.set_detail(entry.detail());
  out.set_pad(entry.pad());
  return out;
}

}  // namespace

Result<pb::Entry> parse_log_entry(BytesView leaf) {
  const google::protobuf::LogSilencer quiet;  // the parser would write a line about foreign octets
  pb::Entry entry;
  if (leaf.size() > kMaxEntryBytes || !entry.ParseFromArray(leaf.data(), static_cast<int>(leaf.size())) ||
      known(entry).SerializeAsString() != as_text(leaf)) {
    return fail(Code::ProtobufFormat, "not a log entry in its one spelling");
  }
  if (std::any_of(entry.pad().begin(), entry.pad().end(), [](char c) { return c != 0; })) {
    return fail(Code::ProtobufFormat, "a log entry is padded with zeros only");
  }
  return entry;
}

}  // namespace sekisho::trust
