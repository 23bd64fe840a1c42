// Small helpers of the zone and node commands: open, act, save, write. For cli/commands/zone* and node* only.
#pragma once

#include <concepts>
#include <memory>
#include <optional>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "cli/commands/zone.hpp"
#include "cli/commands/zone_folder.hpp"
#include "trust/zone/signed_object.hpp"

namespace sekisho::cli {

inline Result<std::optional<trust::KeyWrap>> wrap_of(const Path& passphrase_file) {
  if (passphrase_file.empty()) return std::optional<trust::KeyWrap>();
  Result<trust::KeyWrap> wrap = trust::KeyWrap::from_passphrase_file(passphrase_file);
  if (!wrap) return fail(wrap.error());
  return std::optional<trust::KeyWrap>(std::move(*wrap));
}

inline Result<Bytes> read_object(const Path& path) { return read_file(path, trust::kMaxSignedBytes); }

inline Result<trust::SignedObject> read_signed(const Path& path) {
  Result<Bytes> bytes = read_object(path);
  if (!bytes) return fail(bytes.error());
  return trust::parse_signed(*bytes);
}

inline Result<trust::Recognition> read_recognition(const Path& path) {
  Result<Bytes> bytes = read_object(path);
  if (!bytes) return fail(bytes.error());
  return trust::Recognition::parse(*bytes);
}

// What a command found out, and what to write once the books are safe.
struct Done {
  JsonObject facts;
  Path out{};  // empty: no file
  Bytes content{};
};

// Opens the folder, lets act change the authority, saves.
template <std::invocable<trust::Authority&> Act>
Facts in_folder(const ZoneDir& where, Act act) {
  Result<std::optional<trust::KeyWrap>> wrap = wrap_of(where.passphrase_file);
  if (!wrap) return fail(wrap.error());
  Result<ZoneFolder> folder = ZoneFolder::open(where.dir, *wrap ? &**wrap : nullptr);
  if (!folder) return fail(folder.error());
  Result<Done> done = act(folder->authority());
  if (!done) return fail(done.error());
  if (Status s = folder->save(); !s) return fail(s.error());
  if (!done->out.empty()) {
    if (Status s = write_file_atomic(done->out, done->content); !s) return fail(s.error());
  }
  return std::move(done->facts);
}

}  // namespace sekisho::cli
