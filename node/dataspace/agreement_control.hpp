// What the operator of either side decides about an agreement: suspended, nothing crosses under it until it is resumed;
// withdrawn, nothing ever does again. Running streams end at once, new calls are refused, and the other side is told by
// the state of the transfers; of a withdrawal it learns that the agreement is gone (agreement_hold.hpp), now or, where it
// is down, when it is back. Each decision is an entry in the log and outlives a restart. Thread-safe.
#pragma once

#include <string>

#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "node/dataspace/transfer_book.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

class AgreementControl {
 public:
  enum class Act { Suspend, Resume, Withdraw };

  // All outlive the control.
  AgreementControl(const AgreementBook& agreements, TransferBook& transfers, TransferService& service, Journal& journal,
                   const Storage& storage)
      : agreements_(agreements), transfers_(transfers), service_(service), journal_(journal), storage_(storage) {}

  // After the agreements are loaded, before anything is served.
  [[nodiscard]] Status load();

  // [{"agreement", "role", "peer", "dataset", "offer", "state": "active|suspended|withdrawn|withdrawn by the peer",
  //   "transfers": [{"transfer", "state"} …]} …]
  [[nodiscard]] JsonArray list() const;

  // digest: 64 hex digits, as list() shows them, or the first 8 at least where only one agreement has them. Answers the
  // agreement as list() does. AgreementUnknown; Conflict where it is withdrawn, and for resuming what is not suspended.
  [[nodiscard]] async::Task<Result<JsonObject>> act(Act act, std::string digest);

 private:
  [[nodiscard]] Result<std::shared_ptr<const AgreementRecord>> find(const std::string& digest) const;
  [[nodiscard]] JsonObject describe(const AgreementRecord& agreement) const;
  [[nodiscard]] std::string state(const Digest& agreement) const;
  [[nodiscard]] async::Task<void> tell(Act act, std::shared_ptr<const TransferRecord> transfer);

  const AgreementBook& agreements_;
  TransferBook& transfers_;
  TransferService& service_;
  Journal& journal_;
  const Storage& storage_;
};

}  // namespace sekisho::node
