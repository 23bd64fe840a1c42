#include "node/journal/anchor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/core/bytes.hpp"
#include "base/core/file.hpp"

namespace sekisho::node {

namespace {

constexpr std::size_t kSlot = 4096;
constexpr std::size_t kNote = 4000;
constexpr std::string_view kMagic = "sekisho-anchor1\n";
// magic ‖ be64 sequence ‖ be64 note length ‖ note ‖ zeros ‖ (at the end) be64 CRC over all before it
constexpr std::size_t kHeader = 16 + 8 + 8;

// CRC-32 (IEEE 802.3): it tells a torn slot from a whole one; the note's signature tells a forged one.
std::uint32_t crc32(BytesView data) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : data) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

std::optional<AnchorSlot> parse_slot(BytesView slot) {
  if (slot.size() != kSlot || as_text(slot.first(kMagic.size())) != kMagic) return std::nullopt;
  if (read_be64(slot.subspan(kSlot - 8)) != crc32(slot.first(kSlot - 8))) return std::nullopt;
  const std::uint64_t length = read_be64(slot.subspan(24));
  if (length > kNote) return std::nullopt;
  return AnchorSlot{read_be64(slot.subspan(16)), std::string(as_text(slot.subspan(kHeader, length)))};
}

Error io(const std::string& what, int code) {
  return {code == ENOSPC ? Code::DiskFull : Code::Io, what + ": " + std::generic_category().message(code)};
}

Status sync_folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(io("cannot open folder " + folder, errno));
  const int rc = ::fsync(fd);
  const int saved = errno;
  ::close(fd);
  if (rc != 0) return fail(io("cannot sync folder " + folder, saved));
  return {};
}

}  // namespace

Result<std::optional<AnchorSlot>> read_anchor(const std::string& path) {
  Result<Bytes> file = read_file(path, 2 * kSlot);
  if (!file) {
    if (file.error().code == Code::NotFound) return std::optional<AnchorSlot>();
    return fail(Code::DatabaseDamaged, "the anchor file " + path + " does not read", file.error());
  }
  std::optional<AnchorSlot> best;
  const BytesView view(*file);
  for (std::size_t at = 0; at + kSlot <= view.size(); at += kSlot) {
    std::optional<AnchorSlot> slot = parse_slot(view.subspan(at, kSlot));
    if (slot && (!best || slot->sequence > best->sequence)) best = std::move(slot);
  }
  if (!best && !view.empty()) {
    return fail(Code::DatabaseDamaged, "the anchor file " + path + " has no valid slot");
  }
  return best;
}

Result<AnchorFile> AnchorFile::open(const std::string& path) {
  Result<std::optional<AnchorSlot>> newest = read_anchor(path);
  if (!newest) return fail(newest.error());
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return fail(io("cannot open anchor file " + path, errno));
  AnchorFile file(fd, *newest ? (*newest)->sequence + 1 : 1);
  Status synced = sync_folder_of(path);
  if (!synced) return fail(synced.error());
  return file;
}

AnchorFile::AnchorFile(AnchorFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), next_(other.next_) {}

AnchorFile& AnchorFile::operator=(AnchorFile&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    next_ = other.next_;
  }
  return *this;
}

AnchorFile::~AnchorFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status AnchorFile::write(std::string_view note) {
  if (note.size() > kNote) return fail(Code::LimitExceeded, "a checkpoint note over 4,000 octets");
  std::array<std::uint8_t, kSlot> slot{};
  std::memcpy(slot.data(), kMagic.data(), kMagic.size());
  const auto sequence = be64(next_);
  const auto length = be64(note.size());
  std::memcpy(slot.data() + 16, sequence.data(), 8);
  std::memcpy(slot.data() + 24, length.data(), 8);
  std::memcpy(slot.data() + kHeader, note.data(), note.size());
  const auto crc = be64(crc32(BytesView(slot).first(kSlot - 8)));
  std::memcpy(slot.data() + kSlot - 8, crc.data(), 8);

  const off_t at = static_cast<off_t>((next_ % 2) * kSlot);
  std::size_t done = 0;
  while (done < kSlot) {
    const ssize_t n = ::pwrite(fd_, slot.data() + done, kSlot - done, at + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(io("cannot write the anchor file", errno));
    done += static_cast<std::size_t>(n);
  }
  if (::fdatasync(fd_) != 0) return fail(io("cannot sync the anchor file", errno));
  ++next_;
  return {};
}

Status retire_anchor(const std::string& path) {
  Result<std::optional<AnchorSlot>> newest = read_anchor(path);
  const std::uint64_t sequence = newest && *newest ? (*newest)->sequence : 0;
  const std::string kept = path + "." + std::to_string(sequence);
  if (::rename(path.c_str(), kept.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return fail(io("cannot rename " + path + " to " + kept, errno));
  }
  return sync_folder_of(path);
}

}  // namespace sekisho::node
