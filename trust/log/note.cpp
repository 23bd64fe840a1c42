#include "trust/log/note.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "trust/log/text.hpp"

namespace sekisho::trust {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";

std::uint32_t read_be32(BytesView b) {
  return (std::uint32_t{b[0]} << 24) | (std::uint32_t{b[1]} << 16) | (std::uint32_t{b[2]} << 8) | std::uint32_t{b[3]};
}

std::uint32_t key_id(std::string_view name, NoteKeyType type, const Ed25519PublicKey& key) {
  const std::uint8_t middle[2] = {0x0a, static_cast<std::uint8_t>(type)};
  return read_be32(sha256({as_bytes(name), BytesView(middle), BytesView(key.octets)}));
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kDash)) return fail(Code::NoteFormat, "a signature line does not begin with an em dash");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !valid_key_name(line.substr(0, space))) {
    return fail(Code::NoteFormat, "a signature line has no key name");
  }
  const Result<Bytes> blob = from_base64(line.substr(space + 1));
  if (!blob || blob->size() < 5) return fail(Code::NoteFormat, "a signature line has no base64 of id and signature");
  return NoteSignature{std::string(line.substr(0, space)), read_be32(*blob), Bytes(blob->begin() + 4, blob->end())};
}

Bytes cosigned_message(std::string_view text, std::uint64_t seconds) {
  return to_bytes(fmt::format("cosignature/v1\ntime {}\n{}", seconds, text));
}

}  // namespace

std::uint32_t VerifierKey::id() const { return key_id(name, type, key); }

std::string VerifierKey::text() const {
  Bytes typed{static_cast<std::uint8_t>(type)};
  append(typed, key.octets);
  return fmt::format("{}+{:08x}+{}", name, id(), to_base64(typed));
}

bool valid_key_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && valid_note_text(name) && !has_unicode_space(name) &&
         name.find('+') == std::string_view::npos;
}

Result<VerifierKey> parse_vkey(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return fail(Code::NoteFormat, "a verifier key is name+id+key");
  VerifierKey key;
  key.name = text.substr(0, first);
  if (!valid_key_name(key.name)) return fail(Code::NoteFormat, "a verifier key has no valid name");
  const Result<Bytes> typed = from_base64(text.substr(second + 1));
  if (!typed || typed->size() != 33)
    return fail(Code::NoteFormat, "a verifier key is not base64 of type and 32 octets");
  const std::uint8_t type = (*typed)[0];
  if (type != 0x01 && type != 0x04) return fail(Code::NoteFormat, "a verifier key has a type that is not 0x01 or 0x04");
  key.type = static_cast<NoteKeyType>(type);
  std::copy(typed->begin() + 1, typed->end(), key.key.octets.begin());
  if (!acceptable(key.key)) return fail(Code::SignatureInvalid, "a verifier key is not an acceptable Ed25519 point");
  if (text.substr(first + 1, second - first - 1) != fmt::format("{:08x}", key.id())) {
    return fail(Code::NoteFormat, "a verifier key's id is not that of its key");
  }
  return key;
}

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) return fail(Code::NoteFormat, "the note is over its limit");
  if (!valid_note_text(bytes)) return fail(Code::NoteFormat, "the note is not UTF-8 without control characters");
  const std::size_t split = bytes.rfind("\n\n");
  if (split == std::string_view::npos || split == 0)
    return fail(Code::NoteFormat, "the note has no text or no signatures");
  Note note;
  note.text = bytes.substr(0, split + 1);
  std::string_view rest = bytes.substr(split + 2);
  std::vector<std::string_view> lines;
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (!line) return fail(Code::NoteFormat, "the note does not end in a newline");
    if (lines.size() == kMaxNoteSignatures) return fail(Code::NoteFormat, "the note has too many signatures");
    if (std::find(lines.begin(), lines.end(), *line) != lines.end()) {
      return fail(Code::NoteFormat, "the note repeats a signature line");
    }
    lines.push_back(*line);
    Result<NoteSignature> signature = parse_signature_line(*line);
    if (!signature) return fail(signature.error());
    note.signatures.push_back(std::move(*signature));
  }
  if (note.signatures.empty()) return fail(Code::NoteFormat, "the note has no signatures");
  return note;
}

std::string format_note(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& s : note.signatures) {
    Bytes blob{static_cast<std::uint8_t>(s.id >> 24), static_cast<std::uint8_t>(s.id >> 16),
               static_cast<std::uint8_t>(s.id >> 8), static_cast<std::uint8_t>(s.id)};
    append(blob, s.signature);
    out += fmt::format("{}{} {}\n", kDash, s.name, to_base64(blob));
  }
  return out;
}

Result<NoteSignature> sign_note(std::string_view text, std::string_view name, Signer& log_key) {
  if (!valid_key_name(name)) return fail(Code::NoteFormat, "the key name cannot stand in a note");
  if (text.empty() || text.back() != '\n' || !valid_note_text(text)) {
    return fail(Code::NoteFormat, "the text cannot be signed as a note");
  }
  const Result<Signature> signature = log_key.sign(as_bytes(text));
  if (!signature) return fail(signature.error());
  return NoteSignature{std::string(name), key_id(name, NoteKeyType::Ed25519, log_key.public_key()),
                       Bytes(signature->begin(), signature->end())};
}

Status verify_note(const Note& note, const VerifierKey& log_key) {
  if (log_key.type != NoteKeyType::Ed25519) return fail(Code::SignatureInvalid, "a log key must be of type 0x01");
  const std::uint32_t id = log_key.id();
  bool found = false;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != log_key.name || s.id != id) continue;
    if (!verify(log_key.key, as_bytes(note.text), s.signature)) {
      return fail(Code::SignatureInvalid, "a signature of " + log_key.name + " does not verify");
    }
    found = true;
  }
  if (!found) return fail(Code::SignatureInvalid, "the note is not signed by " + log_key.name);
  return {};
}

Result<NoteSignature> cosign(std::string_view checkpoint_text, std::string_view name, std::int64_t posix_seconds,
                             Signer& witness_key) {
  if (!valid_key_name(name)) return fail(Code::NoteFormat, "the key name cannot stand in a note");
  if (posix_seconds < 0) return fail(Code::NoteFormat, "a cosignature has no time before 1970");
  const auto seconds = static_cast<std::uint64_t>(posix_seconds);
  const Result<Signature> signature = witness_key.sign(cosigned_message(checkpoint_text, seconds));
  if (!signature) return fail(signature.error());
  Bytes blob;
  append(blob, be64(seconds));
  append(blob, *signature);
  return NoteSignature{std::string(name), key_id(name, NoteKeyType::Cosignature, witness_key.public_key()),
                       std::move(blob)};
}

Result<std::int64_t> verify_cosignature(const Note& note, const VerifierKey& witness_key) {
  if (witness_key.type != NoteKeyType::Cosignature) {
    return fail(Code::SignatureInvalid, "a witness key must be of type 0x04");
  }
  const std::uint32_t id = witness_key.id();
  std::int64_t newest = -1;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != witness_key.name || s.id != id) continue;
    const std::uint64_t seconds = read_be64(s.signature);
    if (s.signature.size() != 72 || seconds >= (std::uint64_t{1} << 63) ||
        !verify(witness_key.key, cosigned_message(note.text, seconds), BytesView(s.signature).subspan(8))) {
      return fail(Code::SignatureInvalid, "a cosignature of " + witness_key.name + " does not verify");
    }
    newest = std::max(newest, static_cast<std::int64_t>(seconds));
  }
  if (newest < 0) return fail(Code::SignatureInvalid, "the note is not cosigned by " + witness_key.name);
  return newest;
}

}  // namespace sekisho::trust
