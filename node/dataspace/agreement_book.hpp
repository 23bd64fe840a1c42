// All agreements of this node, in memory: rebuilt from family Agreement at start, one more record for each negotiation
// that ended well. A record is immutable.
//
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/journal/ports/storage.hpp"
#include "policy/agreement.hpp"
#include "policy/party.hpp"
#include "policy/shaper.hpp"
#include "policy/view.hpp"

namespace sekisho::node {

using Role = policy::Party;

struct AgreementRecord {
  std::string id;  // "@id" of the agreement
  Role role = Role::Provider;
  Json document;                                       // as agreed, unchanged
  Digest digest{};                                     // SHA-256 of its canonical form
  std::shared_ptr<const policy::Agreement> agreement;  // read strictly and compiled
  std::string peer_did;
  std::string peer_dns;
  std::string peer_zone;
  std::string dataset;
  std::string offer;
  // Provider only: what was in force when it was agreed; a later change of the dataset does not change an agreement.
  std::string source;
  std::string media;
  std::shared_ptr<const policy::View> view;      // null: every member passes
  std::shared_ptr<const policy::Shaper> shaper;  // of that view
};

// Fills what follows from role and document (id, digest, compiled agreement) and, for a provider, from the view
// (shaper, whose pseudonyms are this agreement's). root: of this node's pseudonyms, empty when it has no key.
[[nodiscard]] Status complete_record(AgreementRecord& record, const std::optional<Json>& view, BytesView root);

[[nodiscard]] Json to_row(const AgreementRecord& record);
[[nodiscard]] Result<std::shared_ptr<const AgreementRecord>> agreement_from_row(const Json& row, BytesView root);

class AgreementBook {
 public:
  // Everything in family Agreement; a row that cannot be read is an error (DatabaseDamaged).
  [[nodiscard]] Status load(const Storage& storage, BytesView root);
  void insert(std::shared_ptr<const AgreementRecord> record);
  // The peer ended the negotiation after all, before it was final.
  void remove(std::string_view id);

  [[nodiscard]] std::shared_ptr<const AgreementRecord> find(std::string_view id) const;
  [[nodiscard]] std::shared_ptr<const AgreementRecord> find(const Digest& digest) const;
  // As consumer: agreements with this provider about this dataset, newest first.
  [[nodiscard]] std::vector<std::shared_ptr<const AgreementRecord>> with(std::string_view provider_dns,
                                                                         std::string_view dataset) const;
  [[nodiscard]] std::vector<std::shared_ptr<const AgreementRecord>> all() const;
  // As provider: how many agreements with this peer there are, withdrawn and expired ones, too.
  [[nodiscard]] std::size_t provided_to(const std::string& peer_did) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const AgreementRecord>, std::less<>> by_id_;
  std::unordered_map<Digest, std::shared_ptr<const AgreementRecord>, DigestHash> by_digest_;
  std::map<std::string, std::vector<std::shared_ptr<const AgreementRecord>>, std::less<>>
      by_dataset_;                                         // dns ‖ NUL ‖ dataset
  std::unordered_map<std::string, std::size_t> provided_;  // by the peer's DID
};

}  // namespace sekisho::node
