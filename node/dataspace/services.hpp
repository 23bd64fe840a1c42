// What the two process services of this room share: who they are, whom they ask, and their limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/random.hpp"
#include "node/catalog/catalog.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "node/dataspace/certificate_book.hpp"
#include "node/dataspace/deadlines.hpp"
#include "node/dataspace/outbox.hpp"
#include "node/dataspace/profile.hpp"
#include "node/dataspace/push_rules.hpp"
#include "node/dataspace/transfer_book.hpp"
#include "node/identity/local_identity.hpp"
#include "node/identity/tokens.hpp"
#include "node/identity/trust_holder.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

// References only; all outlive the services.
struct DataspaceParts {
  const LocalIdentity& self;
  const TrustHolder& trust;
  const Catalog& catalog;
  Journal& journal;
  const Storage& storage;
  PeerChannel& peers;
  CertificateBook& certificates;
  AgreementBook& agreements;
  TransferBook& transfers;
  TokenService& tokens;
  Outbox& outbox;
  const Clock& clock;
  Random& random;
  const Profile& profile = product_profile();
  const PushRules& push = no_push();
};

struct DataspaceLimits {
  Patience patience;
  std::size_t open_per_peer = 1024;          // processes of one kind; more are 429
  std::size_t offers_per_peer = 64;          // open processes beyond which a peer's unasked offers are 429
  std::size_t agreements_per_peer = 65'536;  // that this node provided to one and keeps; more are 429
  std::size_t ended_in_memory = 4096;        // ended processes answered without the database
  std::chrono::milliseconds peer{10'000};    // one question to a peer inside a message (a missing certificate)
};

// Of the processes of one kind, a page in the order of their ids.
struct ProcessQuery {
  bool all = false;      // those that have ended, too
  std::string peer;      // DNS name; empty: of any
  std::string after;     // behind this id
  std::size_t most = 0;  // rows
};

struct ProcessPage {
  JsonArray rows;
  std::optional<std::string> next;  // what to ask for behind; nullopt: nothing
};

}  // namespace sekisho::node
