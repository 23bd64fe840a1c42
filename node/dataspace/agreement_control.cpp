#include "node/dataspace/agreement_control.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/agreement_hold.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kActive = "active";
constexpr std::size_t kLeastDigits = 8;

std::string_view name_of(AgreementControl::Act act) {
  switch (act) {
    case AgreementControl::Act::Suspend: return "suspend";
    case AgreementControl::Act::Resume: return "resume";
    default: return "withdraw";
  }
}

// What is stored afterwards; empty: nothing, the agreement is active.
std::string state_after(AgreementControl::Act act) {
  switch (act) {
    case AgreementControl::Act::Suspend: return std::string(kSuspended);
    case AgreementControl::Act::Resume: return "";
    default: return std::string(kWithdrawn);
  }
}

}  // namespace

Status AgreementControl::load() {
  Status fault;
  const auto scanned = storage_.scan(Family::Exchange, {}, as_bytes(kHoldPrefix), [&](BytesView key, BytesView) {
    Digest agreement{};
    if (key.size() != kHoldPrefix.size() + agreement.size()) {
      fault = fail(Code::DatabaseDamaged, "the row of a suspended agreement is malformed");
      return false;
    }
    std::copy(key.begin() + static_cast<std::ptrdiff_t>(kHoldPrefix.size()), key.end(), agreement.begin());
    transfers_.hold(agreement, true);
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return fault;
}

std::string AgreementControl::state(const Digest& agreement) const {
  const auto held = hold_of(storage_, agreement);
  if (!held) return "unknown: " + std::string(held.error().name());
  return held->empty() ? std::string(kActive) : *held;
}

JsonObject AgreementControl::describe(const AgreementRecord& agreement) const {
  JsonArray transfers;
  for (const auto& transfer : transfers_.under(agreement.digest)) {
    const bool provider = transfer->role == Role::Provider;
    transfers.push_back(JsonObject{{"transfer", provider ? transfer->provider_pid : transfer->consumer_pid},
                                   {"state", std::string(policy::to_text(transfer->state))}});
  }
  return {{"agreement", to_hex(agreement.digest)},
          {"role", agreement.role == Role::Provider ? "provider" : "consumer"},
          {"peer", agreement.peer_dns},
          {"dataset", agreement.dataset},
          {"offer", agreement.offer},
          {"state", state(agreement.digest)},
          {"transfers", std::move(transfers)}};
}

JsonArray AgreementControl::list() const {
  JsonArray out;
  for (const auto& agreement : agreements_.all()) out.push_back(describe(*agreement));
  return out;
}

Result<std::shared_ptr<const AgreementRecord>> AgreementControl::find(const std::string& digest) const {
  std::shared_ptr<const AgreementRecord> found;
  for (const auto& agreement : agreements_.all()) {
    if (digest.size() < kLeastDigits || !to_hex(agreement->digest).starts_with(digest)) continue;
    if (found) return fail(Code::Conflict, "more than one agreement begins with these digits");
    found = agreement;
  }
  if (!found) return fail(Code::AgreementUnknown, "no agreement of this node has that digest");
  return found;
}

// The other side sees it at its transfer. What holds here does not depend on whether that arrives.
async::Task<void> AgreementControl::tell(Act act, std::shared_ptr<const TransferRecord> transfer) {
  std::string pid = transfer->role == Role::Provider ? transfer->provider_pid : transfer->consumer_pid;
  Status told;
  if (act == Act::Withdraw) {
    Error gone = withdrawn_by(transfer->role);
    told = co_await service_.terminate(pid, std::move(gone));
  } else if (act == Act::Resume && transfer->state == policy::TransferState::Suspended) {
    told = co_await service_.resume(pid);
  } else if (act == Act::Suspend && transfer->state == policy::TransferState::Started) {
    told = co_await service_.suspend(pid, Code::TransferNotStarted);
  }
  if (!told) log_warn("agreement.transfer", told.error(), {{"transfer", pid}});
}

async::Task<Result<JsonObject>> AgreementControl::act(Act act, std::string digest) {
  const auto agreement = find(digest);
  if (!agreement) co_return fail(agreement.error());
  const Digest id = (*agreement)->digest;
  const std::string before = state(id);
  const std::string after = state_after(act);
  if (before.starts_with(kWithdrawn)) co_return fail(Code::Conflict, "the agreement is withdrawn, and that is final");
  if (act == Act::Resume && before == kActive) co_return fail(Code::Conflict, "the agreement is not suspended");
  if (before != after) {
    // Held first: between the decision and its entry nothing leaves.
    if (!after.empty()) transfers_.hold(id, true);
    const auto detail =
        canonical_json(JsonObject{{"what", "agreement"}, {"act", name_of(act)}, {"agreement", to_hex(id)}});
    if (!detail) co_return fail(detail.error());
    Unit unit;
    unit.entries.push_back(EntryDraft{pb::GOVERNANCE, Uuid{}, *detail, id, {}});
    // Looked at once more when it is written: the peer may have withdrawn it meanwhile, and that stands.
    unit.derive = [this, id, after](const std::vector<CommittedEntry>&, std::vector<Mutation>& mutations) {
      if (state(id).starts_with(kWithdrawn)) return;
      mutations.push_back({Family::Exchange, hold_row(id), after.empty() ? std::nullopt : std::optional<Bytes>(to_bytes(after))});
    };
    const auto committed = co_await journal_.commit(std::move(unit));
    if (!committed) {
      if (before == kActive) transfers_.hold(id, false);
      co_return fail(committed.error());
    }
    if (after.empty() && state(id) == kActive) transfers_.hold(id, false);
  }
  for (const auto& transfer : transfers_.under(id)) co_await tell(act, transfer);
  co_return describe(**agreement);
}

}  // namespace sekisho::node
