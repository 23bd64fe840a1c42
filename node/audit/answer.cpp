// How a match looks in an answer, and how the query itself is recorded.
#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/audit/query.hpp"

namespace sekisho::node {

namespace {

std::string hex_of(const std::string& octets) { return to_hex(as_bytes(octets)); }

JsonObject asked(std::string_view client, const AuditFilter& filter, const Published& at) {
  // Only the digest of the filter: a query may name what its asker would not tell every reader of the log.
  const std::string query = canonical_json(to_json(filter)).value_or("");
  return {{"client", client}, {"query", to_hex(sha256(as_bytes(query)))}, {"origin", at.origin}, {"size", at.size}};
}

EntryDraft access(JsonObject detail) {
  EntryDraft draft;
  draft.kind = pb::ACCESS;
  draft.content = canonical_json(std::move(detail)).value_or("{}");
  return draft;
}

}  // namespace

JsonObject to_json(const AuditMatch& match) {
  const pb::Entry& entry = match.entry.entry;
  JsonObject out{{"origin", match.origin},
                 {"index", match.index},
                 {"kind", kind_name(entry.kind())},
                 {"time", to_rfc3339(Instant(std::chrono::microseconds(entry.time_us())))}};
  if (entry.exchange().size() == 16) {
    Uuid id;
    std::memcpy(id.octets.data(), entry.exchange().data(), id.octets.size());
    out["exchange"] = to_text(id);
  }
  if (!entry.agreement().empty()) out["agreement"] = hex_of(entry.agreement());
  const std::string& text = entry.payload().empty() ? entry.detail() : entry.payload();
  // Ours are strict JSON by construction, a peer's were parsed before they came into the log.
  Result<Json> says = parse_json(text);
  if (says) out["says"] = std::move(*says);
  if (match.envelope) {
    out["statement"] = to_hex(match.statement);
    out["envelope"] = to_base64(trust::encode_envelope(*match.envelope));
  }
  out["proof"] = match.proof;
  return out;
}

EntryDraft access_begun(std::string_view client, const AuditFilter& filter, const Published& at) {
  return access(asked(client, filter, at));
}

EntryDraft access_entry(std::string_view client, const AuditFilter& filter, const Published& at, std::uint64_t count,
                        const Digest& answer) {
  JsonObject detail = asked(client, filter, at);
  detail["count"] = count;
  detail["answer"] = to_hex(answer);
  return access(std::move(detail));
}

}  // namespace sekisho::node
