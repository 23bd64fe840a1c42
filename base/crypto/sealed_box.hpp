// Octets wrapped under a key that a passphrase gives: for key files at rest.
//
// Argon2id 1.3 (RFC 9106) with moderate cost (256 MiB, three passes, about a second: once at start), then
// XChaCha20-Poly1305 with a random nonce in front. Layout of a box: nonce (24) ‖ ciphertext ‖ tag (16).
// `associated` is authenticated, not stored: name what the box is for, so that boxes cannot be swapped.
#pragma once

#include <cstddef>

#include "base/core/bytes.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"

namespace sekisho {

inline constexpr std::size_t kPassphraseSaltBytes = 16;
inline constexpr std::size_t kBoxKeyBytes = 32;
inline constexpr std::size_t kBoxOverheadBytes = 24 + 16;

using KeyEncryptionKey = Secret;  // kBoxKeyBytes octets

// Errors: Code::InvalidArgument for an empty passphrase or a salt of another size, Code::Internal without memory.
[[nodiscard]] Result<KeyEncryptionKey> derive_key_encryption_key(BytesView passphrase, BytesView salt16);

[[nodiscard]] Bytes seal_box(const KeyEncryptionKey& key, BytesView plain, BytesView associated, Random& random);

// Code::KeyFile when the key, the box or the associated octets are not those of the sealing.
[[nodiscard]] Result<Secret> open_box(const KeyEncryptionKey& key, BytesView box, BytesView associated);

}  // namespace sekisho
