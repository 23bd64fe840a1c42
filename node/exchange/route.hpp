// How a consumer's request finds its transfer: a started one of the same dataset and purpose; else an agreement that would
// permit the purpose; else an offer of the provider's catalogue that would, negotiated. One search at a time for each
// (provider, dataset, purpose); the others wait for its result.
//
// Errors: those of the policy for what is offered (PurposeMismatch with the purposes offered, Expired …), DatasetUnknown,
// NegotiationFailed, PeerUnknown, Connection, Deadline. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/async/completion.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

class RouteFinder {
 public:
  explicit RouteFinder(ExchangeParts parts) : parts_(parts) {}

  using Found = Result<std::shared_ptr<const TransferRecord>>;
  using Agreed = Result<std::shared_ptr<const AgreementRecord>>;
  [[nodiscard]] async::Task<Found> find(std::string provider_dns, std::string dataset, std::string purpose, async::Deadline deadline);
  // The agreement alone, an older one or one that is negotiated now.
  [[nodiscard]] async::Task<Agreed> agree(std::string provider_dns, std::string dataset, std::string purpose, async::Deadline deadline);

 private:
  [[nodiscard]] async::Task<Found> search(std::string provider_dns, std::string dataset, std::string purpose, async::Deadline deadline);
  // Success when the agreement would permit the purpose now, its quota aside.
  [[nodiscard]] Status permits(const policy::Agreement& agreement, const std::string& dataset, const std::string& purpose) const;
  [[nodiscard]] async::Task<Result<Json>> choose_offer(std::string provider_dns, std::string dataset, std::string purpose,
                                                       async::Deadline deadline);

  ExchangeParts parts_;
  std::mutex mutex_;
  std::map<std::string, std::vector<async::Completion<Found>>> searching_;
};

}  // namespace sekisho::node
