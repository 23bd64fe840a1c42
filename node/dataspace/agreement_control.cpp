#include "node/dataspace/agreement_control.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/log.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kHold = "hold";
constexpr std::size_t kLeastDigits = 8;

Bytes hold_row(const Digest& agreement) {
  Bytes key = to_bytes(kHold);
  append(key, agreement);
  return key;
}

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
    case AgreementControl::Act::Suspend: return "suspended";
    case AgreementControl::Act::Resume: return "";
    default: return "withdrawn";
  }
}

}  // namespace

Status AgreementControl::load() {
  Status fault;
  const std::lock_guard lock(mutex_);
  const auto scanned = storage_.scan(Family::Exchange, {}, as_bytes(kHold), [&](BytesView key, BytesView value) {
    Digest agreement{};
    if (key.size() != kHold.size() + agreement.size()) {
      fault = fail(Code::DatabaseDamaged, "the row of a suspended agreement is malformed");
      return false;
    }
    std::copy(key.begin() + static_cast<std::ptrdiff_t>(kHold.size()), key.end(), agreement.begin());
    states_[agreement] = std::string(as_text(value));
    transfers_.hold(agreement, true);
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return fault;
}

std::string AgreementControl::state(const Digest& agreement) const {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(agreement);
  return found == states_.end() ? "active" : found->second;
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
    told = co_await service_.terminate(pid, Code::AgreementUnknown);
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
  if (before == "withdrawn") co_return fail(Code::Conflict, "the agreement is withdrawn, and that is final");
  if (act == Act::Resume && before == "active") co_return fail(Code::Conflict, "the agreement is not suspended");
  if (before != after) {
    // Held first: between the decision and its entry nothing leaves.
    if (!after.empty()) transfers_.hold(id, true);
    const auto detail =
        canonical_json(JsonObject{{"what", "agreement"}, {"act", name_of(act)}, {"agreement", to_hex(id)}});
    if (!detail) co_return fail(detail.error());
    Unit unit;
    unit.entries.push_back(EntryDraft{pb::GOVERNANCE, Uuid{}, *detail, id, {}});
    unit.mutations.push_back(
        Mutation{Family::Exchange, hold_row(id), after.empty() ? std::nullopt : std::optional<Bytes>(to_bytes(after))});
    const auto committed = co_await journal_.commit(std::move(unit));
    if (!committed) {
      if (before == "active") transfers_.hold(id, false);
      co_return fail(committed.error());
    }
    {
      const std::lock_guard lock(mutex_);
      if (after.empty()) {
        states_.erase(id);
      } else {
        states_[id] = after;
      }
    }
    if (after.empty()) transfers_.hold(id, false);
  }
  for (const auto& transfer : transfers_.under(id)) co_await tell(act, transfer);
  co_return describe(**agreement);
}

}  // namespace sekisho::node
