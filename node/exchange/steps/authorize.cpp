#include "node/exchange/steps/authorize.hpp"

#include "node/exchange/intents.hpp"
#include "node/exchange/media.hpp"

namespace sekisho::node::steps {

policy::DecisionInput decision_facts(const ExchangeParts& parts, const Crossing& crossing) {
  const AgreementRecord& agreement = *crossing.transfer->agreement;
  policy::DecisionInput facts;
  facts.target = agreement.dataset;
  facts.assignee = crossing.request.peer.did;
  facts.zone = crossing.request.peer.zone;
  facts.purpose = crossing.transfer->purpose;
  facts.used = parts.quotas.used(agreement.digest);
  facts.view = crossing.shaper->plan().digest();
  facts.clock = parts.clock.read();
  return facts;
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

  // Whoever took the offer back took back what was agreed from it, until it is made again.
  const auto catalog = parts.catalog.state();
  if (!catalog || !catalog->offer(agreement.offer)) return fail(Code::OfferUnknown, "the offer was withdrawn");

  const policy::Program& program = agreement.agreement->program;
  const policy::DecisionInput facts = decision_facts(parts, crossing);
  const policy::Decision decision = policy::decide(program, facts);
  crossing.decision = policy::decision_digest(program, facts, decision);
  if (!decision.permit) return fail(policy::denial(program, decision));

  if (auto admitted = parts.open.admit(agreement.digest, facts.clock.now); !admitted) return fail(admitted.error());
  if (decision.reservation) {
    auto reserved = parts.quotas.reserve(decision.reservation->counter, decision.reservation->limit);
    if (!reserved) return fail(reserved.error());
    crossing.quota = std::move(*reserved);
  }
  return {};
}

}  // namespace sekisho::node::steps
