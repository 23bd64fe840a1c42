// Makes and seals receipts as the consumer's node would, with its keys but without its log: for load, not for evidence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/crypto/signer.hpp"
#include "base/crypto/system_random.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/statement.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::bench {

// What one receipt says: verified, that far.
struct Received {
  Digest of{};  // statement id of the release, head or opening
  std::optional<Digest> agreement;
  std::string exchange;
  trust::Commitment commitment;
};

class ReceiptSigner {
 public:
  // consumer: folder of the consumer's keys.
  [[nodiscard]] static Result<ReceiptSigner> open(const std::string& consumer);

  // The body of a receipts call with one receipt for each, sealed together.
  [[nodiscard]] Result<std::string> body(const std::vector<Received>& received);

 private:
  ReceiptSigner(trust::NodeFolder folder, std::unique_ptr<Signer> signer)
      : consumer_(std::move(folder)), signer_(std::move(signer)) {}

  trust::NodeFolder consumer_;
  std::unique_ptr<Signer> signer_;
  std::uint64_t counter_ = 0;
  Digest previous_{};
};

// The key that seals a provider's statements, from the folder of its keys.
[[nodiscard]] Result<Ed25519PublicKey> statement_key(const std::string& folder);

}  // namespace sekisho::bench
