// What all known peers offer to this node, in memory: one place to search. Filled by catalog_crawler.hpp; a catalogue
// is a copy, so each says from whom it came, when it was last true, and what vouches for it.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/catalog/text_index.hpp"

namespace sekisho::node {

// A dataset as far as a search needs it; GET /v1/catalog/{provider} has the rest.
struct FederatedEntry {
  std::string id, title, media, conforms_to;
  std::vector<std::string> purposes;  // that some offer names as acceptable
  std::uint32_t offers = 0;
};

// One peer's catalogue. Immutable once put.
struct PeerCatalog {
  std::string dns, did, zone;
  Digest certificate{};                 // of the TLS certificate that answered
  std::vector<FederatedEntry> entries;  // by id
  TextIndex words;
};

// Sorts the entries and indexes them.
[[nodiscard]] std::shared_ptr<const PeerCatalog> make_peer_catalog(PeerCatalog catalog);

// The entry of one Dataset of a peer's Catalog document; nullopt for what has not the shape or an id over 256 octets.
[[nodiscard]] std::optional<FederatedEntry> federated_entry(const Json& dataset);

struct FederatedQuestion {
  static constexpr std::size_t kMost = 1000;
  std::string text;      // words that the entry must have, by their beginnings
  std::string provider;  // DNS name; empty: all
  std::string zone;      // empty: all
  std::string after;     // where the page before ended
  std::size_t limit = 50;
};

class FederatedCatalog {
 public:
  // stale_after: an older copy is called stale.
  explicit FederatedCatalog(std::chrono::milliseconds stale_after) : stale_after_(stale_after) {}

  // The catalogue was read, or asked after and unchanged.
  void put(std::shared_ptr<const PeerCatalog> catalog, Instant at);
  void confirm(const std::string& dns, Instant at);
  // The peer could not be asked: what is known stays, and says so.
  void failed(const std::string& dns, const std::string& zone, Code code, Instant at);
  // Peers that are no longer known leave.
  void keep(const std::function<bool(const std::string& dns)>& known);

  // {"entries": […], "providers": {dns: {…}}, "after"?}: entries ordered by provider and id. Only peers that `known`
  // still knows: who lost recognition a moment ago is not found.
  [[nodiscard]] JsonObject search(const FederatedQuestion& question,
                                  const std::function<bool(const std::string& dns)>& known, Instant now) const;
  [[nodiscard]] std::size_t size() const;  // entries

 private:
  struct Place {
    std::shared_ptr<const PeerCatalog> catalog;  // null until it was read once
    std::string zone;
    Instant confirmed;    // when the copy was last known to be what the peer offers
    std::string failure;  // code of the last try, when that failed
    Instant tried;
  };
  [[nodiscard]] JsonObject describe(const Place& place, Instant now) const;

  const std::chrono::milliseconds stale_after_;
  mutable std::mutex mutex_;
  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace sekisho::node
