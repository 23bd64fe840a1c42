// What the use case of this room works with. References only; all outlive every object of the room.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/core/clock.hpp"
#include "base/core/metrics.hpp"
#include "base/core/random.hpp"
#include "node/audit/ports/disclosure_store.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "node/dataspace/certificate_book.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/dataspace/transfer_book.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/exchange/byte_budget.hpp"
#include "node/exchange/open_exchanges.hpp"
#include "node/exchange/quota.hpp"
#include "node/exchange/running.hpp"
#include "node/exchange/sources.hpp"
#include "node/exchange/stream/book.hpp"
#include "node/identity/local_identity.hpp"
#include "node/identity/tokens.hpp"
#include "node/identity/trust_holder.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

// How often, and until how long after it, an unconfirmed release is repeated without counting again.
struct RetryLimits {
  std::uint8_t most = 3;
  std::chrono::milliseconds within{3'600'000};
};

struct ExchangeParts {
  const LocalIdentity& self;
  const TrustHolder& trust;
  const Catalog& catalog;
  Journal& journal;
  const Storage& storage;
  DisclosureStore& disclosures;
  CertificateBook& certificates;
  AgreementBook& agreements;
  TransferBook& transfers;
  NegotiationService& negotiations;
  TransferService& transfer_service;
  TokenService& tokens;
  PeerChannel& peers;
  SourceBook& sources;
  QuotaLedger& quotas;
  OpenExchanges& open;
  RetryLimits retries;
  ByteBudget& budget;
  RunningExchanges& running;
  StreamBook& streams;
  const Clock& clock;
  Random& random;
  Metrics& metrics;
};

}  // namespace sekisho::node
