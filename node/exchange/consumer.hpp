// The consumer's half of a crossing: a client of this node wants data of a peer. Intent, question, verification, twin
// entry, receipt; only then the client's first byte. One call is one exchange (formats.md 4 and 6).
#pragma once

#include <optional>
#include <string>

#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/exchange/closing.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/resolve.hpp"
#include "node/exchange/route.hpp"

namespace sekisho::node {

// A stream that broke goes on where its client has it.
struct ResumeRequest {
  Uuid exchange;
  std::optional<std::uint64_t> received;  // octets of it that the client holds; nullopt: all that this node passed on
};

struct ConsumerRequest {
  std::string client;  // of the service listener's token
  std::string provider_dns;
  std::string dataset;
  std::string purpose;
  std::string accept = "*/*";
  std::optional<std::string> idempotency_key;  // parsed
  std::optional<ResumeRequest> resume;
  std::string correlation_id;
  async::Deadline deadline;
};

// What is to be pushed to an endpoint of this organization.
struct PushOrder {
  std::string client;  // of the service listener's token
  std::string provider_dns;
  std::string dataset;
  std::string purpose;
  DataAddress to;
  async::Deadline deadline;
};

struct Delivery {
  std::string body;
  std::string media;
  Digest agreement{};
  Uuid exchange;
  Digest intent{};
  std::string transfer;
  std::string origin;  // of the own log, with the index of the provider's statement in it
  std::uint64_t index = 0;
  std::string statement;  // base64url envelope; empty when it is too large for a header
  Digest salt{};
  std::optional<std::uint64_t> resumed_at;  // octet of the resumed stream that this answer begins with
  // Set for a stream, body is empty then: each window is verified and logged before it is passed on.
  std::function<async::Task<Status>(http::BodySink&)> stream;
};

class Consumer {
 public:
  // receipts and the parts outlive the consumer.
  Consumer(ExchangeParts parts, ReceiptSender& receipts)
      : parts_(parts), routes_(parts), closer_(parts, receipts), resolver_(parts, closer_) {}

  // Codes of the provider pass through (help "peer"); EvidenceInvalid when its answer does not verify.
  [[nodiscard]] async::Task<Result<Delivery>> get(ConsumerRequest request);

  // Asks for a push, under an agreement that is there or is negotiated; the own process id. Whether the provider does
  // it, the state of the process says.
  [[nodiscard]] async::Task<Result<std::string>> order_push(PushOrder order);

  [[nodiscard]] Resolver& resolver() { return resolver_; }

 private:
  [[nodiscard]] async::Task<Result<std::shared_ptr<const TransferRecord>>> transfer(const ConsumerRequest& request);
  [[nodiscard]] async::Task<Result<OpenIntent>> intend(const ConsumerRequest& request, const TransferRecord& transfer,
                                                       Uuid exchange);
  [[nodiscard]] async::Task<Result<http::ResponseReader>> ask(const ConsumerRequest& request,
                                                              const TransferRecord& transfer, const OpenIntent& intent,
                                                              std::string resume);
  // The release that the answer stands on, verified, with its salt.
  [[nodiscard]] async::Task<Result<Evidence>> evidence_for(const TransferRecord& transfer, const OpenIntent& intent,
                                                           const http::ClientResponse& answer);
  // What is known of it before the answer is looked at.
  [[nodiscard]] Delivery delivery_of(const OpenIntent& intent) const;
  [[nodiscard]] async::Task<Result<Delivery>> take(const TransferRecord& transfer, OpenIntent intent,
                                                   http::ClientResponse answer);
  [[nodiscard]] async::Task<Result<Delivery>> take_stream(std::shared_ptr<const TransferRecord> transfer,
                                                          OpenIntent intent,
                                                          std::shared_ptr<RunningExchanges::Guard> running,
                                                          http::ResponseReader reader,
                                                          std::optional<StreamResume> resumed);
  // Where the stream goes on: exchange and chunk, and the octet there. NotFound, Conflict.
  struct Going {
    StreamResume place;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Result<std::optional<Going>> going_on(const ConsumerRequest& request) const;
  [[nodiscard]] async::Task<Error> refused(OpenIntent intent, http::ClientResponse answer);

  ExchangeParts parts_;
  RouteFinder routes_;
  Closer closer_;
  Resolver resolver_;
};

}  // namespace sekisho::node
