// C2SP tlog-proof: one entry's index, its inclusion path and the checkpoint it leads to, as a text file.
//
//   c2sp.org/tlog-proof@v1
//   extra <base64>          optional, not authenticated; here the bytes of the log entry
//   index <n>
//   <base64 hash> …
//
//   <checkpoint note>
//
// Errors: Code::ProofInvalid, and those of checkpoints. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::trust {

struct LogProof {
  std::optional<Bytes> extra;
  std::uint64_t index = 0;
  std::vector<Digest> path;
  std::string checkpoint;  // the signed note, verbatim
};

[[nodiscard]] std::string format_proof(const LogProof& proof);
[[nodiscard]] Result<LogProof> parse_proof(std::string_view text);

// The entry is in the log of this key, at proof.index, under proof.checkpoint.
[[nodiscard]] Result<Checkpoint> verify_proof(const LogProof& proof, BytesView entry, const VerifierKey& log_key);

}  // namespace sekisho::trust
