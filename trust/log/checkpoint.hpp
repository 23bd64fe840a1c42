// C2SP tlog-checkpoint v1.0.0: origin, size and root of a log as the text of a signed note.
//
// Sizes are decimal without leading zeros, roots base64. A checkpoint of a Sekisho log is signed by its log key
// (type 0x01) whose name is the origin `<dns>/sekisho/<year>h<1|2>[.<n>]`. Errors: Code::CheckpointInvalid,
// Code::NoteFormat, Code::SignatureInvalid. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "trust/log/note.hpp"

namespace sekisho::trust {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  std::string extensions;  // further lines, each with its newline; a Sekisho log writes none

  bool operator==(const Checkpoint&) const = default;
};

struct LogOrigin {
  std::string dns;
  int year = 0;
  int half = 0;            // 1 or 2
  std::uint32_t successor = 0;  // 0: the first log of the half-year

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string shard() const;  // the part after "/sekisho/"
};

[[nodiscard]] Result<LogOrigin> parse_log_origin(std::string_view origin);

// What any log may be called; refuses the literal "cosignature/v1" (domain separation of tlog-cosignature).
[[nodiscard]] bool valid_origin(std::string_view origin);

[[nodiscard]] std::string checkpoint_text(const Checkpoint& checkpoint);
[[nodiscard]] Result<Checkpoint> parse_checkpoint_text(std::string_view text);

// The whole note. Refuses an origin that is not of a Sekisho log, and extensions.
[[nodiscard]] Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, Signer& log_key);

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  Note note;
};

// Parses the note, demands the log key's name to be the origin, verifies its signature.
[[nodiscard]] Result<OpenedCheckpoint> open_checkpoint(std::string_view note, const VerifierKey& log_key);

}  // namespace sekisho::trust
