// The provider's side of receipts: POST /sekisho/v1/receipts takes up to 256 of a peer, each a sealed statement
// (formats.md 4). The first logged receipt of a release is final; resending is idempotent by statement id.
//
// One that says "verified" of something else than was released is kept like any other, because it is what the peer
// signed; beside it stands an ALERT with both commitments, and the metric sekisho_alerts_total counts it.
//
//   {"receipts": [base64url envelope …]}  →  {"results": [{"receipt", "status", "index"?, "code"?} …]} in order
//   status: "logged", "known" (this very receipt was logged before), "superseded" (another one is final), "invalid"
#pragma once

#include <string>
#include <vector>

#include "base/async/task.hpp"
#include "base/core/metrics.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

class ReceiptIntake {
 public:
  explicit ReceiptIntake(ExchangeParts parts);

  [[nodiscard]] async::Task<http::Response> post(trust::PeerIdentity peer, std::string body, std::string correlation);

 private:
  struct Checked;
  struct Released;
  [[nodiscard]] Result<Released> released(const std::string& peer, const Digest& of,
                                          const trust::Statement& receipt) const;
  [[nodiscard]] Status confirm_head(const Released& released, Checked& out) const;
  [[nodiscard]] Status confirm_whole(const Released& released, Checked& out) const;
  [[nodiscard]] Status compare_with_log(Checked& out) const;
  [[nodiscard]] async::Task<Result<Checked>> check(trust::PeerIdentity peer, std::string text,
                                                   async::Deadline deadline);
  // An error only where the request as a whole must be repeated.
  [[nodiscard]] async::Task<Result<std::vector<Result<Checked>>>> check_all(trust::PeerIdentity peer, JsonArray texts);
  [[nodiscard]] async::Task<Status> log_fresh(std::vector<Result<Checked>>& all);
  [[nodiscard]] async::Task<Status> commit(std::vector<Checked*> fresh);
  void report(const Checked& receipt);

  ExchangeParts parts_;
  Counter alerts_;
};

}  // namespace sekisho::node
