#include "cli/commands/zone_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/core/file.hpp"
#include "base/core/json.hpp"

namespace sekisho::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBook = 64U << 20;

struct KeyName {
  const char* file;
  trust::KeyKind kind;
  trust::PrivateKey trust::AuthorityKeys::*key;
};
constexpr std::array kKeyNames = {
    KeyName{"root.key", trust::KeyKind::P384, &trust::AuthorityKeys::root},
    KeyName{"next_root.key", trust::KeyKind::P384, &trust::AuthorityKeys::next_root},
    KeyName{"cross_ca.key", trust::KeyKind::P384, &trust::AuthorityKeys::cross_ca},
    KeyName{"issuing_ca.key", trust::KeyKind::P384, &trust::AuthorityKeys::issuing_ca},
    KeyName{"status.key", trust::KeyKind::Ed25519, &trust::AuthorityKeys::status},
};

Status append_durably(const fs::path& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Code::Io, "cannot open " + path.string() + ": " + std::strerror(errno));
  const ssize_t n = ::write(fd, text.data(), text.size());
  const bool ok = n == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!ok) return fail(Code::Io, "cannot write " + path.string());
  return {};
}

}  // namespace

Result<ZoneFolder> ZoneFolder::locked(const fs::path& folder) {
  const fs::path path = folder / "lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Code::Io, "cannot open the zone folder " + folder.string() + ": " + std::strerror(errno));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return fail(Code::Conflict, "another command is at work in " + folder.string());
  }
  return ZoneFolder(folder, fd);
}

ZoneFolder::ZoneFolder(ZoneFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)), authority_(std::move(other.authority_)) {}

ZoneFolder::~ZoneFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<ZoneFolder> ZoneFolder::create(const fs::path& folder, trust::Authority authority, trust::KeyWrap* wrap) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (!ec) fs::permissions(folder, fs::perms::owner_all, ec);
  if (ec) return fail(Code::Io, "cannot make the folder " + folder.string() + ": " + ec.message());
  Result<ZoneFolder> out = locked(folder);
  if (!out) return out;
  if (fs::exists(folder / "book.pb") || fs::exists(folder / "root.key")) {
    return fail(Code::Conflict, "the folder holds a zone already: " + folder.string());
  }
  for (const KeyName& name : kKeyNames) {
    Status s = trust::save_key(folder / name.file, authority.keys().*name.key, wrap);
    if (!s) return fail(s.error());
  }
  out->authority_ = std::move(authority);
  if (Status s = out->save(); !s) return fail(s.error());
  return out;
}

Result<ZoneFolder> ZoneFolder::open(const fs::path& folder, trust::KeyWrap* wrap) {
  if (!fs::exists(folder / "book.pb")) return fail(Code::NotFound, "there is no zone in " + folder.string());
  Result<ZoneFolder> out = locked(folder);
  if (!out) return out;
  trust::AuthorityKeys keys;
  for (const KeyName& name : kKeyNames) {
    Result<trust::LoadedKey> loaded = trust::load_key(folder / name.file, name.kind, wrap);
    if (!loaded) return fail(loaded.error());
    keys.*name.key = std::move(loaded->key);
  }
  Result<Bytes> book = read_file(folder / "book.pb", kMaxBook);
  if (!book) return fail(book.error());
  Result<trust::Authority> authority = trust::Authority::restore(std::move(keys), *book);
  if (!authority) return fail(authority.error());
  out->authority_ = std::move(*authority);
  return out;
}

Status ZoneFolder::save() {
  std::string lines;
  for (const JsonObject& event : authority_->take_events()) lines += to_text(Json(event)) + "\n";
  if (!lines.empty()) {
    if (Status s = append_durably(folder_ / "events.jsonl", lines); !s) return s;
  }
  return write_file_atomic(folder_ / "book.pb", authority_->book(), 0600);
}

}  // namespace sekisho::cli
