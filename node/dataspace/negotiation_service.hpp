// Contract negotiations of the Dataspace Protocol, both roles.
//
// What this node does when a process enters a state is its profile's (profile.hpp). In the product: provider: a request
// for a published offer (A14: equal by the digest of its rules) is agreed at once; another ends the negotiation.
// Consumer: negotiate() asks for an offer of the peer's catalogue and accepts only an agreement with the same rules,
// naming both parties and the dataset. A provider may also begin, by offer(); what a peer offers unasked waits in
// OFFERED for accept(), counter() or terminate(), whatever it says.
//
// Both sides seal the agreement (statement `agreement`): the provider when it agrees, the consumer when it verifies,
// the provider again when it finalizes. Offers, acceptances, counter-requests and terminations are entries of the log:
// GOVERNANCE for what this node decided, OBSERVED for what the peer said.
//
// A change of state is one unit of work (entries, process, agreement, outbox row), durable before the answer. A
// repeated message (same digest) gets the same answer and changes nothing. What a peer may not see is 404, what the
// state does not allow 400, with a ContractNegotiationError; no error changes state.
//
// Thread-safe: messages of one process are taken in turn, others run in parallel.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/dataspace/services.hpp"

namespace sekisho::node {

// POST routes, under /dsp/2025-1:
enum class NegotiationRoute {
  Request,         // POST /negotiations/request
  CounterRequest,  // POST /negotiations/{pid}/request
  InitialOffer,    // POST /negotiations/offers
  Offer,           // POST /negotiations/{pid}/offers
  Agreement,       // POST /negotiations/{pid}/agreement
  Verification,    // POST /negotiations/{pid}/agreement/verification
  Event,           // POST /negotiations/{pid}/events
  Termination,     // POST /negotiations/{pid}/termination
};

class NegotiationService final {
 public:
  explicit NegotiationService(DataspaceParts parts, DataspaceLimits limits = {});
  ~NegotiationService();

  // Reads open processes; before the outbox starts.
  [[nodiscard]] Status load();

  // pid: the path's, empty for the two that create. The answer is always complete, errors included.
  [[nodiscard]] async::Task<http::Response> on_message(NegotiationRoute route, trust::PeerIdentity peer,
                                                       std::string pid, std::string body);
  // GET /negotiations/{pid}, either role.
  [[nodiscard]] http::Response get(const trust::PeerIdentity& peer, const std::string& pid) const;

  // As consumer. offer: the Offer as the provider's catalogue shows it. NEGOTIATION_FAILED (help "peer_code") when the
  // provider ends it, Deadline when it takes too long (the process goes on and may still end in an agreement).
  [[nodiscard]] async::Task<Result<std::shared_ptr<const AgreementRecord>>> negotiate(std::string provider_dns,
                                                                                      std::string dataset, Json offer,
                                                                                      async::Deadline deadline);
  // As consumer, without waiting: the own process id. The request may not have left yet.
  [[nodiscard]] async::Task<Result<std::string>> request(std::string provider_dns, std::string dataset, Json offer);
  // As provider: proposes a published offer to a peer that may have it, without being asked; the own process id.
  // OfferUnknown, PeerUnknown.
  [[nodiscard]] async::Task<Result<std::string>> offer(std::string consumer_dns, std::string offer);
  // As consumer, in OFFERED: takes the terms as they lie there (PolicyRefused where they have expired meanwhile), or
  // asks for another published offer of the same provider (dataset empty: of the same dataset). OfferUnknown: it
  // publishes none.
  [[nodiscard]] async::Task<Status> accept(std::string pid);
  [[nodiscard]] async::Task<Status> counter(std::string pid, std::string offer, std::string dataset);
  // For operators. list: open ones, or all that are in memory. [{"negotiation", "role", "peer", "peer_process",
  // "state", "dataset", "offer", "waits", "pending"?, "code"?} …]; describe adds "terms" (ODRL), "rules" (a sentence
  // each), "agreement"?.
  [[nodiscard]] JsonArray list(bool ended) const;
  [[nodiscard]] Result<JsonObject> describe(const std::string& pid) const;
  // A message of this node's own will, both roles: offer, counter-request, acceptance, agreement …, which takes effect
  // when the peer acknowledges it. STATE_TRANSITION where the protocol or a message that is still on its way forbids
  // it.
  [[nodiscard]] async::Task<Status> send(std::string pid, policy::NegotiationMessage message);
  // Ends a process of this node at once; the peer is told.
  [[nodiscard]] async::Task<Status> terminate(std::string pid, Code code);

  // State as the protocol spells it, empty when unknown; for status and tests.
  [[nodiscard]] std::string state(const std::string& pid) const;

  // For the operator: one line each; everything about one, by its own id or the peer's.
  [[nodiscard]] Result<ProcessPage> processes(const ProcessQuery& query) const;
  [[nodiscard]] Result<JsonObject> process(const std::string& id) const;
  // Ends it, from any state that is not final; the peer is told. Conflict when it has ended.
  [[nodiscard]] async::Task<Status> end(std::string id, Error reason);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::node
