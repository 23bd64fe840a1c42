#include "node/dataspace/transfer.hpp"

#include "base/core/encoding.hpp"

namespace sekisho::node {

Json Transfer::to_row() const {
  JsonObject row;
  write_base(row, *this);
  row["state"] = policy::to_text(state);
  row["agreementId"] = agreement;
  row["purpose"] = purpose;
  row["terms"] = to_hex(terms);
  row["peerCert"] = to_hex(peer_cert);
  row["target"] = target;
  return row;
}

Result<Transfer> Transfer::from_row(const JsonObject& row, const LocalIdentity& /*self*/) {
  Transfer process;
  Status base = read_base(row, process);
  if (!base) return fail(base.error());
  std::string state;
  std::string terms;
  std::string peer_cert;
  struct Text {
    std::string_view name;
    std::string& out;
  };
  for (const Text& text : {Text{"state", state}, Text{"agreementId", process.agreement}, Text{"purpose", process.purpose},
                           Text{"terms", terms}, Text{"peerCert", peer_cert}, Text{"target", process.target}}) {
    Result<std::string> value = get_string(row, text.name);
    if (!value) return fail(value.error());
    text.out = std::move(*value);
  }
  const std::optional<policy::TransferState> known = policy::transfer_state_from_text(state);
  if (!known) return fail(Code::DatabaseDamaged, "a transfer is in no known state");
  process.state = *known;
  Result<Digest> terms_id = digest_from_hex(terms);
  if (!terms_id) return fail(terms_id.error());
  process.terms = *terms_id;
  Result<Digest> certificate = digest_from_hex(peer_cert);
  if (!certificate) return fail(certificate.error());
  process.peer_cert = *certificate;
  return process;
}

bool Transfer::serves() const { return acknowledged() == policy::TransferState::Started; }

policy::TransferState Transfer::acknowledged() const {
  if (pending != kStartKind) return state;
  const Result<policy::TransferState> next = policy::next(state, policy::TransferMessage::Start, role);
  return next ? *next : state;
}

Result<policy::TransferState> Transfer::after(policy::TransferMessage message) const {
  const policy::Party sender = policy::other(role);
  Result<policy::TransferState> now = policy::next(state, message, sender);
  if (now || pending.empty()) return now;
  Result<policy::TransferState> later = policy::next(acknowledged(), message, sender);
  if (later) return later;
  return now;
}

}  // namespace sekisho::node
