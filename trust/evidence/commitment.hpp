// What is said about content without saying it (formats.md 1).
//
//   commitment = SHA-256("sekisho-commit-v1\0" ‖ salt ‖ be64 bytes ‖ be64 chunks ‖ root)
//
// root is the RFC 6962 head over the chunks; one chunk up to 1 MiB, none for an empty body. The salt is 32 random
// octets for each exchange; it travels beside the statement, never inside it, and never into a log.
// Errors: Code::CommitmentMismatch. Pure, thread-safe; ContentHasher is a value for one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/log/frontier.hpp"

namespace sekisho::trust {

inline constexpr std::size_t kChunkBytes = 1U << 20;

struct Commitment {
  Digest value{};
  std::uint64_t bytes = 0;
  std::uint64_t chunks = 0;
  bool operator==(const Commitment&) const = default;
};

// Content in chunks of 1 MiB.
[[nodiscard]] Commitment commit(const Digest& salt, BytesView content);
[[nodiscard]] Status verify_commitment(const Digest& salt, BytesView content, const Digest& expected);

// For streams: each chunk as it was framed, 1 octet … 1 MiB. finish may be called after any chunk (a prefix).
class ContentHasher {
 public:
  [[nodiscard]] Status add_chunk(BytesView chunk);
  [[nodiscard]] Commitment finish(const Digest& salt) const;

 private:
  Frontier chunks_;
  std::uint64_t bytes_ = 0;
};

// One value under its own salt: SHA-256("sekisho-field-v1\0" ‖ salt ‖ be16 length ‖ name ‖ value). name < 64 KiB.
[[nodiscard]] Digest commit_field(const Digest& salt, std::string_view name, BytesView value);

}  // namespace sekisho::trust
