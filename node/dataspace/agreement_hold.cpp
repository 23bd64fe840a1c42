#include "node/dataspace/agreement_hold.hpp"

namespace sekisho::node {
namespace {

std::string_view name_of(Role role) { return role == Role::Provider ? "provider" : "consumer"; }

}  // namespace

Bytes hold_row(const Digest& agreement) {
  Bytes key;
  key.reserve(kHoldPrefix.size() + agreement.size());
  append(key, as_bytes(kHoldPrefix));
  append(key, agreement);
  return key;
}

Result<std::string> hold_of(const Storage& storage, const Digest& agreement) {
  const auto row = storage.get(Family::Exchange, hold_row(agreement));
  if (!row) return fail(row.error());
  return *row ? std::string(as_text(**row)) : std::string();
}

Error withdrawn_by(Role role) {
  return Error(Code::AgreementWithdrawn, "the " + std::string(name_of(role)) + " withdrew the agreement")
      .with("by", std::string(name_of(role)));
}

Status not_held(const Storage& storage, const AgreementRecord& agreement) {
  const auto state = hold_of(storage, agreement.digest);
  if (!state) return fail(state.error());
  if (state->empty()) return {};
  if (*state == kSuspended) return fail(Code::TransferNotStarted, "this node suspended the agreement");
  const Role other = agreement.role == Role::Provider ? Role::Consumer : Role::Provider;
  return fail(withdrawn_by(*state == kWithdrawnByPeer ? other : agreement.role));
}

}  // namespace sekisho::node
