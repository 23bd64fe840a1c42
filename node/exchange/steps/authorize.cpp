#include "node/exchange/steps/authorize.hpp"

#include "node/exchange/intents.hpp"
#include "node/exchange/media.hpp"
#include "node/exchange/steps/retry.hpp"

namespace sekisho::node::steps {

namespace {

// What the decision is made over, as of now. Valid as long as the crossing.
policy::DecisionInput decision_facts(const ExchangeParts& parts, const Crossing& crossing, std::uint64_t used) {
  const AgreementRecord& agreement = *crossing.transfer->agreement;
  policy::DecisionInput facts;
  facts.target = agreement.dataset;
  facts.assignee = crossing.request.peer.did;
  facts.zone = crossing.request.peer.zone;
  facts.purpose = crossing.transfer->purpose;
  facts.used = used;
  facts.view = crossing.shaper->plan().digest();
  facts.clock = parts.clock.read();
  return facts;
}

// Whoever took the offer back took back what was agreed from it, until it is made again.
Status offer_stands(const ExchangeParts& parts, const AgreementRecord& agreement) {
  const auto catalog = parts.catalog.state();
  if (!catalog || !catalog->offer(agreement.offer)) return fail(Code::OfferUnknown, "the offer was withdrawn");
  return {};
}

}  // namespace

std::uint64_t uses_before(const ExchangeParts& parts, const Crossing& crossing) {
  const std::uint64_t used = parts.quotas.used(crossing.transfer->agreement->digest);
  return crossing.retry && used > 0 ? used - 1 : used;
}

Result<Digest> authorize_again(const ExchangeParts& parts, const Crossing& crossing, std::uint64_t used) {
  const AgreementRecord& agreement = *crossing.transfer->agreement;
  const auto transfer = parts.transfers.find(crossing.request.transfer);
  if (!transfer || !transfer->serves || parts.transfers.held(agreement.digest))
    return fail(Code::TransferNotStarted, "the transfer ended");
  if (auto stands = offer_stands(parts, agreement); !stands) return fail(stands.error());
  if (crossing.request.connection) {
    const auto peer = parts.trust.identify(crossing.request.connection->chain_der, trust::Use::TlsClient);
    if (!peer) return fail(peer.error());
  }
  const policy::Program& program = agreement.agreement->program;
  const policy::DecisionInput facts = decision_facts(parts, crossing, used);
  const policy::Decision decision = policy::decide(program, facts);
  if (!decision.permit) return fail(policy::denial(program, decision));
  return policy::decision_digest(program, facts, decision);
}

Status authorize(const ExchangeParts& parts, Crossing& crossing) {
  const AgreementRecord& agreement = *crossing.transfer->agreement;
  // The view is the agreement's, the schema the dataset's of today: what does not fit it must not leave today.
  crossing.shaper = agreement.shaper;
  const auto dataset = parts.catalog.state()->dataset(agreement.dataset);
  if (dataset && dataset->schema) crossing.shaper = crossing.shaper->with_schema(dataset->schema);
  crossing.asked = request_digest("GET", agreement.dataset, std::nullopt, crossing.request.accept);
  if (!accepts(crossing.request.accept, agreement.media)) {
    return fail(Error(Code::NotAcceptable, "the dataset has another media type").with("media", agreement.media));
  }

  if (auto stands = offer_stands(parts, agreement); !stands) return stands;

  auto retried = find_retried(parts, crossing);
  if (!retried) return fail(retried.error());
  crossing.retry = *retried;
  const policy::Program& program = agreement.agreement->program;
  const policy::DecisionInput facts = decision_facts(parts, crossing, uses_before(parts, crossing));
  const policy::Decision decision = policy::decide(program, facts);
  crossing.decision = policy::decision_digest(program, facts, decision);
  if (!decision.permit) return fail(policy::denial(program, decision));

  if (auto admitted = parts.open.admit(agreement.digest, facts.clock.now); !admitted) return fail(admitted.error());
  if (decision.reservation && !crossing.retry) {
    auto reserved = parts.quotas.reserve(decision.reservation->counter, decision.reservation->limit);
    if (!reserved) return fail(reserved.error());
    crossing.quota = std::move(*reserved);
  }
  return {};
}

}  // namespace sekisho::node::steps
