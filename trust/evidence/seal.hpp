// Seals: one Ed25519 signature over a batch of 1 … 1 024 statements (formats.md 2).
//
// Size 1 signs the PAE of the payload (plain DSSE). Larger batches sign
// "sekisho-batch-v1\0" ‖ be64 size ‖ root, where root is the RFC 6962 tree over the leaves SHA-256(0x00 ‖ statement id).
// Verification checks index, size and the exact path length before it hashes. Errors: Code::SignatureInvalid,
// Code::InvalidArgument. Free functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ed25519.hpp"
#include "base/crypto/signer.hpp"

namespace sekisho::trust {

inline constexpr std::uint32_t kMaxBatch = 1024;
inline constexpr std::uint32_t kSealEd25519 = 1;  // Seal.algorithm; must be that of the certificate's key

struct Seal {
  std::uint32_t index = 0;
  std::uint32_t size = 1;
  std::vector<Digest> path;
  Signature signature{};
  bool operator==(const Seal&) const = default;
};

struct SealInput {
  Digest id{};
  std::string_view payload;  // read only for a batch of one
};

// One seal for each input, in order, sharing the signature. 1 … kMaxBatch inputs.
[[nodiscard]] Result<std::vector<Seal>> seal_batch(std::span<const SealInput> batch, Signer& statement_key);

// The path of one statement, rebuilt from the ids of its whole batch. index < ids.size().
[[nodiscard]] std::vector<Digest> seal_path(std::span<const Digest> ids, std::uint32_t index);

// Index, size and path length fit each other.
[[nodiscard]] Status check_seal_shape(const Seal& seal);

// The octets that the signature is over.
[[nodiscard]] Result<Bytes> sealed_message(std::string_view payload, const Seal& seal);
[[nodiscard]] Result<Bytes> sealed_message(const Digest& id, std::string_view payload, const Seal& seal);

[[nodiscard]] Status verify_seal(std::string_view payload, const Seal& seal, const Ed25519PublicKey& key);

}  // namespace sekisho::trust
