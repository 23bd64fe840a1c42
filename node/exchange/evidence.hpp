// The provider's answer to "what became of my exchange?" (formats.md 4 and 6): the one sealed outcome, and where
// there is none yet, a void that is committed by the question itself and that a running request then loses against.
//
//   GET  /sekisho/v1/exchanges/{id}/evidence?transfer=PID   one id; makes a void where nothing was committed, under the
//                                              agreement of the transfer that the asker names; voids are rate-limited
//   POST /sekisho/v1/evidence                  {"exchanges": [id …]}, up to 256; never makes one
//
// An answer is {"exchange","outcome": "release|refusal|void","statement","terms"?,"salt"?}; an id without outcome in
// the second form is {"exchange","outcome":"none"}. Peers see their own exchanges only: ids are scoped to the asker.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

class EvidenceService {
 public:
  EvidenceService(ExchangeParts parts, std::size_t voids_per_minute) : parts_(parts), voids_per_minute_(voids_per_minute) {}

  [[nodiscard]] async::Task<http::Response> get(trust::PeerIdentity peer, std::string exchange, std::string transfer, std::string correlation);
  [[nodiscard]] http::Response batch(const trust::PeerIdentity& peer, std::string_view body, std::string_view correlation) const;

  // Each void and each refusal is a sealed entry that is kept for ever, so a peer may cause only so many in a minute.
  [[nodiscard]] Status admit_void(const std::string& peer_did);

  // The outcome on record, or nullopt. For the 409 of a replayed id too.
  [[nodiscard]] Result<std::optional<JsonObject>> find(const std::string& peer_did, const Uuid& exchange) const;

 private:
  [[nodiscard]] async::Task<Result<JsonObject>> find_or_void(trust::PeerIdentity peer, Uuid exchange, std::string transfer);

  struct Window {
    std::chrono::steady_clock::time_point start;
    std::size_t voids = 0;
  };
  ExchangeParts parts_;
  const std::size_t voids_per_minute_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;
};

}  // namespace sekisho::node
