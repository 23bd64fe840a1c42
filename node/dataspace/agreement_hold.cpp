#include "node/dataspace/agreement_hold.hpp"

#include <algorithm>

namespace sekisho::node {
namespace {

constexpr std::string_view kState = "state";

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
  return Error(Code::AgreementUnknown, "the " + std::string(name_of(role)) + " withdrew the agreement")
      .with(std::string(kState), std::string(kWithdrawn))
      .with("by", std::string(name_of(role)));
}

bool says_withdrawn(const Error& error) {
  return error.code == Code::AgreementUnknown &&
         std::ranges::any_of(error.help, [](const auto& h) { return h.first == kState && h.second == kWithdrawn; });
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
