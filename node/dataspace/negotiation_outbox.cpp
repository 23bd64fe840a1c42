// What becomes of this node's messages, and of negotiations that wait too long.
#include <utility>

#include "base/core/log.hpp"
#include "node/dataspace/negotiation_impl.hpp"

namespace sekisho::node {
namespace {

// How often a consumer that has verified asks while it outwaits its provider.
constexpr std::chrono::hours kAskAgain{1};

// Who the other party was when the process began; its statements are judged by what is trusted now.
trust::PeerIdentity peer_of(const Negotiation& process) {
  trust::PeerIdentity peer;
  peer.did = process.peer_did;
  peer.dns = process.peer_dns;
  peer.zone = process.peer_zone;
  return peer;
}

}  // namespace

bool NegotiationService::Impl::opens(const OutboxMessage& message) const {
  return message.kind == kRequestKind || message.kind == kInitialOfferKind;
}

// A peer takes a message again that it has taken, with the same answer.
bool NegotiationService::Impl::forgettable(const Change<Negotiation>& change, const OutboxMessage& /*message*/) const {
  return !change.next.ended() && !change.message;
}

async::Task<void> NegotiationService::Impl::refused(OutboxMessage message, Error error, bool answered) {
  if (message.kind == kTerminationKind) {
    // An error in reply to a termination may be ignored.
    co_await settle(std::move(message), "", ProcessEvent::Source::Failed);
    co_return;
  }
  const Result<NegotiationPointer> process = store.find(message.process);
  if (process && (!*process || !store.owes(**process, message))) co_return;
  if ((message.kind == kFinalizedKind || message.kind == kVerificationKind) && !answered) {
    // The peer may have it, and the agreement is sealed by both then: said again until the deadline of the state.
    parts.outbox.again(std::move(message), error, true);
    co_return;
  }
  Status ended = co_await end_owing(message, std::move(error), !opens(message));
  if (!ended) parts.outbox.again(std::move(message), ended.error());
}

// Without the other's last message: both have sealed the agreement, and it is final where its provider has said so.
async::Task<Status> NegotiationService::Impl::finalize(NegotiationPointer seen, Error reason,
                                                       std::optional<std::string> statement) {
  Result<Held> held = co_await hold(seen->pid);
  if (!held) co_return fail(held.error());
  const NegotiationPointer process = held->process;
  if (process->ended() || process->since != seen->since) co_return Status();
  const AgreementPointer record = process->record;
  if (!record) co_return fail(Code::Internal, "a verified negotiation without its agreement");
  Change<Negotiation> change;
  change.next = *process;
  change.next.enter(policy::NegotiationState::Finalized);
  change.next.blame(reason);
  Status decided = add_decision(change, "finalize", Word::Own);
  if (!decided) co_return decided;
  const bool consumer = change.next.role == Role::Consumer;
  if (consumer) {
    if (parts.agreements.find(record->id)) co_return fail(Code::Conflict, "the agreement's id is taken");
    if (statement) {
      Result<EntryDraft> said = co_await check_final(peer_of(*process), std::move(*statement), process);
      if (!said) co_return fail(said.error());
      change.entries.push_back(std::move(*said));
    }
    Result<std::string> row = canonical_json(to_row(*record));
    if (!row) co_return fail(row.error());
    change.mutations.push_back({Family::Agreement, to_bytes(record->id), to_bytes(*row)});
  } else if (const std::optional<OutboxMessage> unheard = store.owed(*process)) {
    // Its message goes now; whoever asks later still gets the statement.
    const Result<NegotiationEventMessage> final = parse_negotiation_event(unheard->body);
    if (final) change.next.final_statement = final->statement;
  }
  Result<NegotiationStore::Applied> applied = co_await store.apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  if (consumer) parts.agreements.insert(record);
  waiters.settle(process->pid, record);
  co_return Status();
}

async::Task<std::optional<Instant>> NegotiationService::Impl::overdue(NegotiationPointer process,
                                                                      OutboxFinding finding) {
  const bool there = finding.verdict != Verdict::Ended;
  Error reason = overdue_reason(*process, finding);
  // What the provider has called final the consumer may use already: it is never taken back but on the consumer's word.
  const bool said = process->role == Role::Provider && process->pending == kFinalizedKind;
  const bool heard = process->role == Role::Consumer && finding.verdict == Verdict::Arrived && process->pending.empty();
  if (there && (said || heard)) {
    const Status finalized = co_await finalize(process, reason, std::move(finding.statement));
    if (finalized) co_return std::nullopt;
    log_warn("dataspace.overdue", finalized.error(), {{"process", process->pid}});
    // Another agreement has its id by now: this one can never be used.
    if (finalized.error().code == Code::Conflict) co_return co_await end_overdue(process, finalized.error(), true);
    if (said) co_return soon();
    // A statement that does not verify, or cannot be judged, makes nothing final: the consumer asks until its deadline.
  }
  // At its own deadline the provider takes what it called final for final, heard or not: who has verified outwaits
  // that.
  const Instant now = parts.clock.now();
  const std::optional<Instant> last = store.deadline(*process);
  if (there && last && now < *last) co_return now + kAskAgain;
  co_return co_await end_overdue(process, std::move(reason), there);
}

}  // namespace sekisho::node
