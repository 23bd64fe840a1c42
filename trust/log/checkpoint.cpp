#include "trust/log/checkpoint.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "trust/log/text.hpp"

namespace sekisho::trust {
namespace {

bool valid_dns(std::string_view name) {
  if (name.empty() || name.size() > 253 || name.front() == '.' || name.back() == '.') return false;
  if (name.find("..") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

}  // namespace

std::string LogOrigin::shard() const {
  std::string out = fmt::format("{:04}h{}", year, half);
  if (successor != 0) out += fmt::format(".{}", successor);
  return out;
}

std::string LogOrigin::text() const { return dns + "/sekisho/" + shard(); }

Result<LogOrigin> parse_log_origin(std::string_view origin) {
  const auto bad = [&] { return fail(Code::CheckpointInvalid, "not the origin of a Sekisho log"); };
  if (origin.size() > 255) return bad();
  const std::size_t slash = origin.find('/');
  if (slash == std::string_view::npos || !valid_dns(origin.substr(0, slash))) return bad();
  LogOrigin out;
  out.dns = origin.substr(0, slash);
  std::string_view rest = origin.substr(slash);
  constexpr std::string_view kMiddle = "/sekisho/";
  if (!rest.starts_with(kMiddle)) return bad();
  rest.remove_prefix(kMiddle.size());
  if (rest.size() < 6 || rest[4] != 'h' || (rest[5] != '1' && rest[5] != '2')) return bad();
  const auto year = parse_decimal(rest.substr(0, 4));
  if (!year) return bad();
  out.year = static_cast<int>(*year);
  out.half = rest[5] - '0';
  if (rest.size() > 6) {
    const auto successor = rest[6] == '.' ? parse_decimal(rest.substr(7)) : std::nullopt;
    if (!successor || *successor == 0 || *successor > 1'000'000) return bad();
    out.successor = static_cast<std::uint32_t>(*successor);
  }
  return out;
}

bool valid_origin(std::string_view origin) { return valid_key_name(origin) && origin != "cosignature/v1"; }

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n{}", checkpoint.origin, checkpoint.size, to_base64(checkpoint.root),
                     checkpoint.extensions);
}

Result<Checkpoint> parse_checkpoint_text(std::string_view text) {
  Checkpoint out;
  const auto origin = take_line(text);
  const auto size = origin ? take_line(text) : std::nullopt;
  const auto root = size ? take_line(text) : std::nullopt;
  if (!root) return fail(Code::CheckpointInvalid, "a checkpoint has fewer than three lines");
  if (!valid_origin(*origin)) return fail(Code::CheckpointInvalid, "a checkpoint has no acceptable origin");
  const auto number = parse_decimal(*size);
  if (!number) return fail(Code::CheckpointInvalid, "a checkpoint's size is not a decimal number");
  const Result<Bytes> hash = from_base64(*root);
  if (!hash || hash->size() != out.root.size()) {
    return fail(Code::CheckpointInvalid, "a checkpoint's root is not base64 of 32 octets");
  }
  out.origin = *origin;
  out.size = *number;
  std::copy(hash->begin(), hash->end(), out.root.begin());
  out.extensions = text;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line || line->empty()) return fail(Code::CheckpointInvalid, "a checkpoint has an empty or unfinished line");
  }
  return out;
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, Signer& log_key) {
  if (const Result<LogOrigin> origin = parse_log_origin(checkpoint.origin); !origin) return fail(origin.error());
  if (!checkpoint.extensions.empty()) return fail(Code::CheckpointInvalid, "a checkpoint is signed without extensions");
  Note note;
  note.text = checkpoint_text(checkpoint);
  Result<NoteSignature> signature = sign_note(note.text, checkpoint.origin, log_key);
  if (!signature) return fail(signature.error());
  note.signatures.push_back(std::move(*signature));
  return format_note(note);
}

Result<OpenedCheckpoint> open_checkpoint(std::string_view note, const VerifierKey& log_key) {
  OpenedCheckpoint out;
  Result<Note> parsed = parse_note(note);
  if (!parsed) return fail(parsed.error());
  out.note = std::move(*parsed);
  Result<Checkpoint> checkpoint = parse_checkpoint_text(out.note.text);
  if (!checkpoint) return fail(checkpoint.error());
  out.checkpoint = std::move(*checkpoint);
  if (out.checkpoint.origin != log_key.name) {
    return fail(Code::CheckpointInvalid, "the checkpoint is not of the log " + log_key.name);
  }
  if (Status s = verify_note(out.note, log_key); !s) return fail(s.error());
  return out;
}

}  // namespace sekisho::trust
