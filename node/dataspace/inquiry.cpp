#include "node/dataspace/inquiry.hpp"

#include <optional>
#include <utility>

#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

auto state_of(const Negotiation&, std::string_view text) { return policy::negotiation_state_from_text(text); }
auto state_of(const Transfer&, std::string_view text) { return policy::transfer_state_from_text(text); }

bool follows(const Negotiation& process, policy::NegotiationState peer) {
  return process.role == Role::Consumer && process.state == policy::NegotiationState::Verified &&
         peer == policy::NegotiationState::Finalized;
}
bool follows(const Transfer& process, policy::TransferState peer) {
  return process.state == policy::TransferState::Started && peer == policy::TransferState::Suspended;
}

OutboxFinding ended(Error error, const std::string& dns) {
  return {Verdict::Ended, std::move(error).with("peer", dns)};
}

template <class Process>
OutboxFinding judge(const Process& process, const http::ClientResponse& answer) {
  const std::string& dns = process.peer_dns;
  if (answer.status == 404 && parse_error(answer.body)) {
    return ended(Error(Process::kUnknown, dns + " knows no such process any more"), dns);
  }
  if (answer.status != 200) return {};
  const Result<ProcessDocument> document = document_of(process, answer.body);
  if (!document) return {};
  const ProcessIds ids = process.ids();
  if (document->ids.provider != ids.provider || document->ids.consumer != ids.consumer) return {};
  const auto state = state_of(process, document->state);
  if (!state) return {};
  const auto message = process.pending_message();
  Verdict verdict = Verdict::Unusable;
  std::optional<std::string> statement;
  if (message) {
    verdict = judge_pending(process.state, *message, process.role, *state);
  } else if (process.pending.empty() && follows(process, *state)) {
    verdict = Verdict::Arrived;
    statement = document->statement;
  } else if (policy::is_final(*state) && !policy::is_final(process.state)) {
    verdict = Verdict::Ended;
  }
  if (verdict != Verdict::Ended) return {verdict, std::nullopt, std::move(statement)};
  Error said(Code::PeerRefused, dns + " is at " + document->state + " already; the message that said so did not come");
  return ended(std::move(said).with("state", document->state), dns);
}

}  // namespace

Result<ProcessDocument> document_of(const Negotiation&, std::string_view body) { return parse_negotiation(body); }
Result<ProcessDocument> document_of(const Transfer&, std::string_view body) { return parse_transfer(body); }

std::chrono::hours outwait(const Negotiation& process) {
  const bool verified = process.role == Role::Consumer && process.acknowledged() == policy::NegotiationState::Verified;
  return std::chrono::hours(verified ? 6 * 24 : 0);
}

std::chrono::hours outwait(const Transfer&) { return std::chrono::hours(0); }

OutboxFinding judge_answer(const Negotiation& process, const http::ClientResponse& answer) {
  return judge(process, answer);
}

OutboxFinding judge_answer(const Transfer& process, const http::ClientResponse& answer) {
  return judge(process, answer);
}

}  // namespace sekisho::node
