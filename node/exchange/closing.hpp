// How an intent ends, exactly once: one unit of work with the provider's statement, the own receipt where there was a
// release, the receipt's outbox row, and the end of the intent's row. Only after it is durable does the client get its
// first byte (formats.md 4).
//
// A lost race (the intent was closed before) is Code::ExchangeReplayed; the first close stands.
#pragma once

#include <optional>
#include <string>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "node/exchange/intents.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/receipt_sender.hpp"
#include "trust/evidence/commitment.hpp"

namespace sekisho::node {

struct ReceiptFacts {
  std::string outcome;  // verified, rejected, partial, lost
  std::optional<trust::Commitment> commitment;
  std::string reason;  // a code; empty for verified
  std::optional<Digest> salt;
};

class Closer {
 public:
  Closer(ExchangeParts parts, ReceiptSender& receipts) : parts_(parts), receipts_(receipts) {}

  // A stream: its opening before the client's first byte, each head before its chunk is passed on (with a cumulative
  // receipt where facts are given), and its end or break, which closes the intent.
  [[nodiscard]] async::Task<Result<std::uint64_t>> stream_opened(OpenIntent intent, CheckedStatement open);
  [[nodiscard]] async::Task<Status> stream_head(OpenIntent intent, CheckedStatement head,
                                                std::optional<ReceiptFacts> facts);
  // A cumulative receipt alone, for a head that is logged.
  [[nodiscard]] async::Task<Status> stream_progress(OpenIntent intent, Digest head, ReceiptFacts facts);
  [[nodiscard]] async::Task<Status> stream_ended(OpenIntent intent, Digest open, std::optional<CheckedStatement> end,
                                                 ReceiptFacts facts);

  // Answers the position of the provider's statement in the own log.
  [[nodiscard]] async::Task<Result<std::uint64_t>> with_receipt(OpenIntent intent, CheckedStatement release,
                                                                ReceiptFacts facts);
  [[nodiscard]] async::Task<Status> with_refusal(OpenIntent intent, CheckedStatement refusal);
  [[nodiscard]] async::Task<Status> with_void(OpenIntent intent, CheckedStatement voided);

 private:
  void send_receipt(const OpenIntent& intent, const CommittedEntry& receipt);
  [[nodiscard]] async::Task<Status> end(OpenIntent intent, CheckedStatement statement, pb::EntryKind kind);

  ExchangeParts parts_;
  ReceiptSender& receipts_;
};

}  // namespace sekisho::node
