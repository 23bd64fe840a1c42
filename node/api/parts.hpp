// What the handlers hand their requests to. References only; all outlive the routes.
#pragma once

#include <functional>

#include "base/async/blocking_pool.hpp"
#include "base/core/metrics.hpp"
#include "node/admin/apply.hpp"
#include "node/admin/status.hpp"
#include "node/audit/ports/disclosure_store.hpp"
#include "node/audit/publisher.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/agreement_control.hpp"
#include "node/dataspace/certificate_book.hpp"
#include "node/dataspace/federated_catalog.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "node/exchange/consumer.hpp"
#include "node/exchange/evidence.hpp"
#include "node/exchange/provider.hpp"
#include "node/exchange/receipts.hpp"
#include "node/exchange/trace.hpp"
#include "node/identity/local_identity.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

struct ApiParts {
  const LocalIdentity& self;
  const Catalog& catalog;
  Journal& journal;
  const Storage& storage;
  Publisher& publisher;
  const DisclosureStore& disclosures;
  PeerChannel& peers;
  CertificateBook& certificates;
  NegotiationService& negotiations;
  TransferService& transfers;
  AgreementControl& agreement_control;
  Provider& provider;
  Consumer& consumer;
  Tracer& tracer;
  EvidenceService& evidence;
  ReceiptIntake& receipts;
  ApplyService& apply;
  StatusParts status;
  async::BlockingPool& blocking;
  const Metrics& metrics;
  const FederatedCatalog& federated;
};

}  // namespace sekisho::node
