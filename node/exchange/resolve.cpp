#include "node/exchange/resolve.hpp"

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/http/url.hpp"
#include "node/identity/absent_peer.hpp"

namespace sekisho::node {
namespace {

// The peer whose statements are checked: as the snapshot names it, because no connection of its own is involved.
Result<trust::PeerIdentity> provider_identity(const ExchangeParts& parts, const std::string& dns) {
  const auto state = parts.trust.current();
  const auto* record = state ? state->node(dns) : nullptr;
  if (record == nullptr) return fail(absent_peer(state.get(), dns));
  trust::PeerIdentity peer;
  peer.did = record->did;
  peer.dns = dns;
  peer.zone = record->zone;
  return peer;
}

}  // namespace

async::Task<Result<Evidence>> Resolver::ask(OpenIntent intent, async::Deadline deadline) {
  const std::string& provider_dns = intent.provider_dns;
  const Uuid& exchange = intent.exchange;
  auto peer = provider_identity(parts_, provider_dns);
  if (!peer) co_return fail(peer.error());
  PeerRequest request;
  request.dns = provider_dns;
  request.method = "GET";
  request.target = "/sekisho/v1/exchanges/" + to_text(exchange) + "/evidence?transfer=" + http::percent_encode(intent.transfer);
  request.deadline = deadline;
  const auto answer = co_await parts_.peers.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (answer->status != 200) co_return fail(Code::PeerRefused, fmt::format("the evidence route answered {}", answer->status));
  const auto document = parse_json(answer->body);
  if (!document || !document->is_object()) co_return fail(Code::EvidenceInvalid, "the evidence answer is no JSON object");
  const JsonObject& object = document->get_object();
  const auto outcome = get_string(object, "outcome");
  const auto statement = get_string(object, "statement");
  if (!outcome || !statement) co_return fail(Code::EvidenceInvalid, "the evidence answer has no outcome or statement");
  trust::StatementKind kind = trust::StatementKind::Release;
  if (*outcome == "stream") {
    kind = trust::StatementKind::StreamOpen;
  } else if (*outcome == "refusal") {
    kind = trust::StatementKind::Refusal;
  } else if (*outcome == "void") {
    kind = trust::StatementKind::Void;
  } else if (*outcome != "release") {
    co_return fail(Code::EvidenceInvalid, "the evidence answer has an unknown outcome");
  }
  auto checked = co_await parts_.certificates.check(std::move(*peer), *statement, kind, deadline);
  if (!checked) co_return fail(checked.error());
  if (checked->statement.exchange() != exchange) co_return fail(Code::EvidenceInvalid, "the evidence is of another exchange");
  if (kind != trust::StatementKind::Release && kind != trust::StatementKind::StreamOpen) {
    const auto recipient = checked->statement.party("recipient");
    if (!recipient || recipient->did != parts_.self.did) co_return fail(Code::EvidenceInvalid, "the evidence is for another peer");
  }
  std::optional<Digest> salt;
  if (const auto text = get_optional_string(object, "salt"); text && *text) {
    const auto value = digest_from_hex(**text);
    if (!value) co_return fail(Code::EvidenceInvalid, "the salt is malformed");
    salt = *value;
  }
  co_return Evidence{*outcome, std::move(*checked), salt};
}

async::Task<Result<std::string>> Resolver::close(OpenIntent intent, std::string receipt_outcome, std::string reason,
                                                 async::Deadline deadline) {
  auto evidence = co_await ask(intent, deadline);
  if (!evidence) co_return fail(evidence.error());
  const std::string outcome = evidence->outcome;
  Status done;
  if (outcome == "release" || outcome == "stream") {
    // A release of something else than was asked is never taken as ours.
    const trust::Statement& release = evidence->statement.statement;
    if (release.agreement != intent.agreement || release.digest("intent") != intent.intent || release.digest("request") != intent.request) {
      receipt_outcome = "rejected";
      reason = "EVIDENCE_INVALID";
    }
    // Named, because g++ 12 destroys an aggregate temporary of an awaited expression twice.
    ReceiptFacts facts{std::move(receipt_outcome), std::nullopt, std::move(reason), evidence->salt};
    const auto closed = co_await closer_.with_receipt(std::move(intent), std::move(evidence->statement), std::move(facts));
    if (!closed) done = fail(closed.error());
  } else if (outcome == "refusal") {
    done = co_await closer_.with_refusal(std::move(intent), std::move(evidence->statement));
  } else {
    done = co_await closer_.with_void(std::move(intent), std::move(evidence->statement));
  }
  // Somebody else closed it meanwhile: that end stands, and there is exactly one.
  if (!done && done.error().code != Code::ExchangeReplayed) co_return fail(done.error());
  co_return outcome;
}

}  // namespace sekisho::node
