// The consumer's side of receipts: what the outbox holds goes to the providers in batches of up to 256, again with
// back-off until the provider answered for each, and again after a restart. A row is written in the unit of work
// that closes the intent, and deleted when the provider has it.
//
// Lives on one executor; enqueue() may be called from any thread.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "base/async/task.hpp"
#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

// Family Outbox, "rcpt/" ‖ provider ‖ NUL ‖ receipt id; the value is the envelope.
[[nodiscard]] Bytes receipt_row(std::string_view provider_dns, const Digest& receipt);

class ReceiptSender {
 public:
  // journal, peers and storage outlive the sender.
  ReceiptSender(async::Executor executor, PeerChannel& peers, Journal& journal, const Storage& storage);
  ~ReceiptSender();
  ReceiptSender(const ReceiptSender&) = delete;
  ReceiptSender& operator=(const ReceiptSender&) = delete;

  // Reads what an earlier run left. Once.
  [[nodiscard]] Status start();
  void stop();

  // A receipt whose row is durable.
  void enqueue(const std::string& provider_dns, const Digest& receipt, Bytes envelope);

 private:
  struct State;
  static async::Task<void> run(std::shared_ptr<State> state, std::string provider);
  std::shared_ptr<State> state_;
  const Storage& storage_;
};

}  // namespace sekisho::node
