// C2SP signed-note v1.0.0: a text and signature lines "— <name> <base64(key id ‖ signature)>".
//
// The text ends in a newline and is signed with it; an empty line divides it from the signatures. Lines of
// unknown keys are kept and ignored; a line of a known (name, id) that fails makes the note invalid.
// Errors: Code::NoteFormat for shape, Code::SignatureInvalid. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/crypto/ed25519.hpp"
#include "base/crypto/signer.hpp"

namespace sekisho::trust {

inline constexpr std::size_t kMaxNoteBytes = 64U << 10;
inline constexpr std::size_t kMaxNoteSignatures = 64;

enum class NoteKeyType : std::uint8_t {
  Ed25519 = 0x01,      // a log key: signs the text
  Cosignature = 0x04,  // a witness or mirror key: signs time and text (tlog-cosignature v1)
};

// A verifier key: "<name>+<8 hex digits of the id>+<base64(type ‖ key)>". The id is the first four bytes of
// SHA-256(name ‖ 0x0A ‖ type ‖ key).
struct VerifierKey {
  std::string name;
  NoteKeyType type = NoteKeyType::Ed25519;
  Ed25519PublicKey key;

  [[nodiscard]] std::uint32_t id() const;
  [[nodiscard]] std::string text() const;
};

// Refuses an id that is not that of the key, other types, and keys of low order.
[[nodiscard]] Result<VerifierKey> parse_vkey(std::string_view text);

// Non-empty, no Unicode space, no '+', no control characters, at most 255 bytes.
[[nodiscard]] bool valid_key_name(std::string_view name);

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  Bytes signature;  // after the key id
};

struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;
};

[[nodiscard]] Result<Note> parse_note(std::string_view bytes);
[[nodiscard]] std::string format_note(const Note& note);

// Text must end in a newline.
[[nodiscard]] Result<NoteSignature> sign_note(std::string_view text, std::string_view name, Signer& log_key);

// At least one line is of this log key, and every such line verifies.
[[nodiscard]] Status verify_note(const Note& note, const VerifierKey& log_key);

// Cosignature v1: the signed message is "cosignature/v1\ntime <seconds>\n" ‖ text; the blob be64 seconds ‖ signature.
[[nodiscard]] Result<NoteSignature> cosign(std::string_view checkpoint_text, std::string_view name,
                                           std::int64_t posix_seconds, Signer& witness_key);
// The newest time among the lines of this key; each of them must verify.
[[nodiscard]] Result<std::int64_t> verify_cosignature(const Note& note, const VerifierKey& witness_key);

}  // namespace sekisho::trust
