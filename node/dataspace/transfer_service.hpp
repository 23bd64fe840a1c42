// Transfer processes of the Dataspace Protocol, both roles, formats HttpData-PULL and HttpData-PUSH.
//
// Consumer: start_transfer() seals a `request` statement and asks; request() with an address asks for a push there.
// Provider: checks it, decides whether the agreement permits the purpose at all, and where to, seals the `terms` of the
// transfer, and only when they are durable sends the start message, for a pull with endpoint and token. Terms are
// sealed once at the start; releases name them. What is pushed, and when a push is complete, is node/exchange/push.
//
// Units of work, repetitions, errors and threads: as negotiation_service.hpp, with TransferError.
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
enum class TransferRoute {
  Request,      // POST /transfers/request
  Start,        // POST /transfers/{pid}/start
  Completion,   // POST /transfers/{pid}/completion
  Suspension,   // POST /transfers/{pid}/suspension
  Termination,  // POST /transfers/{pid}/termination
};

class TransferService final {
 public:
  explicit TransferService(DataspaceParts parts, DataspaceLimits limits = {});
  ~TransferService();

  // Reads processes and fills the transfer book; after the agreement book is loaded, before the outbox starts.
  [[nodiscard]] Status load();

  [[nodiscard]] async::Task<http::Response> on_message(TransferRoute route, trust::PeerIdentity peer, std::string pid,
                                                       std::string body);
  // GET /transfers/{pid}, either role.
  [[nodiscard]] http::Response get(const trust::PeerIdentity& peer, const std::string& pid) const;

  // As consumer: a started transfer under this agreement, with token. Codes of the peer pass through (PURPOSE_MISMATCH
  // …).
  [[nodiscard]] async::Task<Result<std::shared_ptr<const TransferRecord>>> start_transfer(std::string agreement_id,
                                                                                          std::string purpose,
                                                                                          async::Deadline deadline);
  // As consumer, without waiting: the own process id. push: where the data shall go.
  [[nodiscard]] async::Task<Result<std::string>> request(std::string agreement_id, std::string purpose,
                                                         std::optional<DataAddress> push = {});
  // A message of this node's own will, both roles, which takes effect when the peer acknowledges it. STATE_TRANSITION
  // where the protocol or a message that is still on its way forbids it.
  [[nodiscard]] async::Task<Status> send(std::string pid, policy::TransferMessage message);
  // As provider: POST /sekisho/v1/transfers/{pid}/token → {"token", "expires"}; 404 for another DID's transfer, 409
  // when it does not serve.
  [[nodiscard]] http::Response renew_token(const trust::PeerIdentity& peer, const std::string& pid,
                                           std::string_view correlation_id = {}) const;
  // As consumer: asks the provider for a fresh token; the book gets the new record. pid: the own process id, or the
  // provider's where only one open transfer has it.
  [[nodiscard]] async::Task<Result<std::shared_ptr<const TransferRecord>>> refresh_token(std::string pid,
                                                                                         async::Deadline deadline);

  // Both roles, at once; the peer is told. pid: own process id.
  [[nodiscard]] async::Task<Status> terminate(std::string pid, Code code);
  // Code, title and help of the reason go to the peer.
  [[nodiscard]] async::Task<Status> terminate(std::string pid, Error reason);
  [[nodiscard]] async::Task<Status> suspend(std::string pid, Code code);
  // Resumes after a suspension (a new start message, same terms).
  [[nodiscard]] async::Task<Status> resume(std::string pid);
  [[nodiscard]] async::Task<Status> complete(std::string pid);

  // {"transfer", "role", "peer", "dataset", "purpose", "agreement", "format", "endpoint"?, "state", "code"?,
  // "reason"?}, never a token. TransferUnknown. pid: own process id.
  [[nodiscard]] Result<JsonObject> describe(const std::string& pid) const;
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
