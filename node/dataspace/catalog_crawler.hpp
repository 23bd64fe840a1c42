// Keeps the federated catalogue: asks every node of the trust snapshot for what it offers to this node, page by page,
// and again after a while; what did not change costs a 304 for each page. A peer that cannot be reached is asked less
// and less often and does not hold up the others.
//
// Bounds: 4 peers at once, 1,000 pages and 32 MiB of one peer, 100,000 datasets of one peer, 1,000,000 in all; 10 s for
// a page.
#pragma once

#include <chrono>
#include <memory>

#include "base/async/task.hpp"
#include "node/dataspace/federated_catalog.hpp"
#include "node/dataspace/peer_client.hpp"
#include "node/identity/trust_holder.hpp"

namespace sekisho::node {

struct CrawlOptions {
  std::chrono::milliseconds period{300'000};  // between two visits; 0: never
  std::string self;                           // DNS name of this node, which is not asked
};

class CatalogCrawler {
 public:
  // All outlive the crawler; it works on the executor.
  CatalogCrawler(async::Executor executor, PeerChannel& peers, const TrustHolder& trust, FederatedCatalog& catalog,
                 const Clock& clock, CrawlOptions options);
  ~CatalogCrawler();

  void start();
  void stop();
  // One visit to each peer that is due, for tests and for a node that was asked to look now.
  [[nodiscard]] async::Task<void> round();

 private:
  struct State;
  struct LaneGuard;
  static async::Task<void> run(std::shared_ptr<State> state);
  static async::Task<void> round_of(std::shared_ptr<State> state);
  static async::Task<void> lane(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace sekisho::node
