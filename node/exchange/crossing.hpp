// One release of data on its way through the steps: what was asked, and what each step added. A value of one request.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/core/bytes.hpp"
#include "base/core/uuid.hpp"
#include "base/http/message.hpp"
#include "node/dataspace/transfer_book.hpp"
#include "node/exchange/byte_budget.hpp"
#include "node/exchange/quota.hpp"
#include "policy/shaper.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

// The handler's reading of the request; nothing of it is believed yet but the peer's identity.
struct DataRequest {
  trust::PeerIdentity peer;  // as the connection proved it
  std::string transfer;      // provider's process id, from the path
  std::string token;
  std::string exchange;  // Sekisho-Exchange
  std::string intent;    // Sekisho-Intent
  std::string accept = "*/*";
  std::shared_ptr<const http::Peer> connection;  // whose certificate is judged again while a stream runs; may be null
  std::string resume;                            // Sekisho-Resume; empty: from the beginning
  std::string retry_of;                          // Sekisho-Retry-Of; empty: nothing is repeated
  bool by_reference = false;                     // the peer wants its evidence at the evidence route
  std::string correlation_id;
  async::Deadline deadline;
};

// The source's cursor, and how many octets of what it gives from there on, shaped, come before the place that is meant.
struct StreamPoint {
  std::string cursor;  // empty: the beginning
  std::uint64_t skip = 0;
};

// At this octet of the stream the source stands there.
struct StreamMark {
  std::uint64_t at = 0;
  StreamPoint point;
};

struct StreamResume {
  Uuid of;  // the exchange whose stream goes on
  std::uint64_t chunk = 0;
  StreamPoint point;
};

// A release that did not arrive whole is repeated, and counts once.
struct Retry {
  Uuid of;
  std::uint8_t number = 1;
};

struct Crossing {
  DataRequest request;
  bool pushed =
      false;  // to an endpoint: nobody asked for this exchange, so it has no intent, and no receipt is awaited
  std::vector<Bytes>
      signer;  // of a push: the chain of the certificate that sealed the order, judged again while it runs
  // authenticate
  Uuid exchange;
  Digest intent{};
  std::shared_ptr<const TransferRecord> transfer;
  // authorize
  std::shared_ptr<const policy::Shaper> shaper;
  Digest asked{};  // request digest
  std::optional<Retry> retry;
  Digest decision{};  // digest of the decision's trace, of a denial too
  QuotaLedger::Reservation quota;
  // resume
  std::optional<StreamResume> resume;
  // fetch
  std::shared_ptr<ByteBudget::Share> held;  // for what is held of the source, until it left
  policy::Shaped shaped;
  bool streams = false;          // over 1 MiB, or nobody knows yet: a stream
  bool opaque = false;           // octets that pass as they are; the agreement has no view then
  bool live = false;             // the source has no end and says nothing for long
  std::deque<StreamMark> marks;  // rising; empty: the source knows no cursors, and the stream cannot be resumed
  // record
  Digest salt{};
  trust::Commitment commitment;
  trust::Envelope release;
  std::uint64_t index = 0;
};

}  // namespace sekisho::node
