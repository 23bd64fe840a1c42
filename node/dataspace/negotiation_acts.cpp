// What operators decide about negotiations, and what they are shown for it.
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "node/dataspace/fields.hpp"
#include "node/dataspace/negotiation_impl.hpp"
#include "policy/offer.hpp"

namespace sekisho::node {
namespace {

JsonObject summary(const Negotiation& process) {
  JsonObject out{{"negotiation", process.pid},
                 {"role", process.role == Role::Provider ? "provider" : "consumer"},
                 {"peer", process.peer_dns},
                 {"peer_process", process.peer_pid},
                 {"state", policy::to_text(process.state)},
                 {"dataset", process.dataset},
                 {"offer", process.offer},
                 {"waits", process.waits()}};
  if (!process.pending.empty()) out["pending"] = process.pending;
  if (!process.code.empty()) out["code"] = process.code;
  return out;
}

std::unexpected<Error> nothing_offered(const Negotiation& process) {
  return fail(Error(Code::StateTransition, "no offer of the peer waits here for a decision")
                  .with("state", std::string(policy::to_text(process.state))));
}

}  // namespace

async::Task<Result<std::string>> NegotiationService::offer(std::string consumer_dns, std::string offer) {
  const Result<PeerAddress> consumer = impl_->parts.profile.find(impl_->parts.trust, consumer_dns);
  if (!consumer) co_return fail(consumer.error());
  trust::PeerIdentity peer;
  peer.did = consumer->did;
  peer.dns = consumer_dns;
  peer.zone = consumer->zone;
  const Result<std::shared_ptr<const Offer>> made = impl_->made_to(offer, peer);
  if (!made) co_return fail(made.error());
  Status room = impl_->parts.outbox.admit();
  if (!room) co_return fail(room.error());

  Change<Negotiation> change;
  Negotiation& next = change.next;
  next.pid = new_pid(impl_->parts.random);
  next.role = Role::Provider;
  next.peer_did = consumer->did;
  next.peer_dns = consumer_dns;
  next.peer_zone = consumer->zone;
  next.base = consumer->base;
  next.enter(policy::NegotiationState::Offered);
  next.dataset = (*made)->object.dataset;
  next.offer = (*made)->object.id;
  Status added = impl_->add_offer(change);
  if (!added) co_return fail(added.error());
  Result<NegotiationStore::Applied> applied = co_await impl_->apply(std::move(change));
  if (!applied) co_return fail(applied.error());
  impl_->parts.outbox.send(std::move(*applied->message));
  co_return applied->process->pid;
}

async::Task<Status> NegotiationService::accept(std::string pid) {
  const Result<NegotiationPointer> process = impl_->known(pid);
  if (!process) co_return fail(process.error());
  if (!(*process)->waits()) co_return nothing_offered(**process);
  std::optional<Json> terms((*process)->terms);
  co_return co_await impl_->say(std::move(pid), policy::NegotiationMessage::Accepted, std::move(terms));
}

async::Task<Status> NegotiationService::counter(std::string pid, std::string offer, std::string dataset) {
  const Result<NegotiationPointer> process = impl_->known(pid);
  if (!process) co_return fail(process.error());
  if (!(*process)->waits()) co_return nothing_offered(**process);
  if (dataset.empty()) dataset = (*process)->dataset;
  const Result<Json> published = co_await fetch_dataset(impl_->parts.peers, (*process)->peer_dns, dataset,
                                                        async::Deadline::in(impl_->limits.peer));
  if (!published) co_return fail(published.error());
  const Result<std::vector<Json>> offers = offers_of(*published);
  if (!offers) co_return fail(offers.error());
  for (const Json& one : *offers) {
    if (get_string(one.get_object(), "@id").value_or("") != offer) continue;
    Result<Json> wanted = policy::message_offer(one, dataset);
    if (!wanted) co_return fail(wanted.error());
    std::optional<Json> terms(std::move(*wanted));
    co_return co_await impl_->say(std::move(pid), policy::NegotiationMessage::Request, std::move(terms));
  }
  co_return fail(
      Error(Code::OfferUnknown, fmt::format("{} publishes no such offer of this dataset", (*process)->peer_dns))
          .with("dataset", dataset));
}

JsonArray NegotiationService::list(bool ended) const {
  JsonArray out;
  for (const NegotiationPointer& process : impl_->store.in_memory()) {
    if (ended || !process->ended()) out.push_back(summary(*process));
  }
  return out;
}

Result<JsonObject> NegotiationService::describe(const std::string& pid) const {
  const Result<NegotiationPointer> found = impl_->known(pid);
  if (!found) return fail(found.error());
  const Negotiation& process = **found;
  JsonObject out = summary(process);
  if (process.record) out["agreement"] = to_hex(process.record->digest);
  Json terms = process.record ? process.record->document : process.terms;
  if (terms.is_null()) {
    const std::shared_ptr<const Offer> offer = impl_->parts.catalog.state()->offer(process.offer);
    const Result<Json> made = offer ? policy::message_offer(offer->document, process.dataset) : Result<Json>(Json());
    if (made) terms = *made;
  }
  if (terms.is_null()) return out;
  policy::AdmissionOptions as_written;
  as_written.expired_is_fatal = false;
  const auto kind = process.record ? policy::PolicyKind::Agreement : policy::PolicyKind::MessageOffer;
  const Result<policy::PolicyIr> ir = policy::admit_policy(terms, kind, as_written);
  JsonArray rules;
  if (ir) {
    for (const policy::Rule& rule : ir->rules) rules.emplace_back(policy::plain_text(rule));
  }
  out["rules"] = std::move(rules);
  out["terms"] = std::move(terms);
  return out;
}

}  // namespace sekisho::node
