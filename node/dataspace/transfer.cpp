#include "node/dataspace/transfer.hpp"

#include "base/core/encoding.hpp"

namespace sekisho::node {
namespace {

JsonObject push_row(const DataAddress& push) {
  JsonObject row{{"endpoint", push.endpoint}};
  if (!push.token.empty()) row["authorization"] = push.authorization();
  return row;
}

Result<std::shared_ptr<const DataAddress>> push_of(const JsonObject& row) {
  if (!row.contains("push")) return std::shared_ptr<const DataAddress>();
  Result<const JsonObject*> member = get_object(row, "push");
  if (!member) return fail(member.error());
  Result<std::string> endpoint = get_string(**member, "endpoint");
  if (!endpoint) return fail(endpoint.error());
  Result<std::optional<std::string>> token = get_optional_string(**member, "authorization");
  if (!token) return fail(token.error());
  return std::make_shared<const DataAddress>(DataAddress{std::move(*endpoint), token->value_or("")});
}

}  // namespace

std::optional<policy::TransferMessage> message_named(policy::TransferMessage, std::string_view kind) {
  if (kind == kStartKind) return policy::TransferMessage::Start;
  if (kind == kSuspensionKind) return policy::TransferMessage::Suspension;
  if (kind == kCompletionKind) return policy::TransferMessage::Completion;
  if (kind == kTransferTerminationKind) return policy::TransferMessage::Termination;
  return std::nullopt;
}

Json Transfer::to_row() const {
  JsonObject row;
  write_base(row, *this);
  row["state"] = policy::to_text(state);
  row["agreementId"] = agreement;
  row["purpose"] = purpose;
  row["terms"] = to_hex(terms);
  row["peerCert"] = to_hex(peer_cert);
  row["signerCert"] = to_hex(signer_cert);
  row["target"] = target;
  if (push) row["push"] = push_row(*push);
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
  for (const Text& text :
       {Text{"state", state}, Text{"agreementId", process.agreement}, Text{"purpose", process.purpose},
        Text{"terms", terms}, Text{"peerCert", peer_cert}, Text{"target", process.target}}) {
    Result<std::string> value = get_string(row, text.name);
    if (!value) return fail(value.error());
    text.out = std::move(*value);
  }
  Result<std::shared_ptr<const DataAddress>> push = push_of(row);
  if (!push) return fail(push.error());
  process.push = std::move(*push);
  const std::optional<policy::TransferState> known = policy::transfer_state_from_text(state);
  if (!known) return fail(Code::DatabaseDamaged, "a transfer is in no known state");
  process.state = *known;
  Result<Digest> terms_id = digest_from_hex(terms);
  if (!terms_id) return fail(terms_id.error());
  process.terms = *terms_id;
  Result<Digest> certificate = digest_from_hex(peer_cert);
  if (!certificate) return fail(certificate.error());
  process.peer_cert = *certificate;
  // Older rows have none: a push of theirs, whose right nobody can judge, ends.
  const Result<std::optional<std::string>> signer = get_optional_string(row, "signerCert");
  if (!signer) return fail(signer.error());
  Result<Digest> signer_cert = signer->has_value() ? digest_from_hex(**signer) : Digest{};
  if (!signer_cert) return fail(signer_cert.error());
  process.signer_cert = *signer_cert;
  return process;
}

JsonObject Transfer::subject() const {
  JsonObject out{{"agreement", agreement}, {"purpose", purpose}, {"format", push ? kPushFormat : kPullFormat}};
  if (push) out["endpoint"] = push->endpoint;
  return out;
}

void Transfer::close() {
  if (push) push = std::make_shared<const DataAddress>(DataAddress{push->endpoint, ""});
  token.clear();
}

bool Transfer::serves() const { return acknowledged() == policy::TransferState::Started; }

}  // namespace sekisho::node
