// The anchor file beside the database: two alternating slots of 4 KiB {sequence, checkpoint note, CRC}. Written and
// synced before a checkpoint becomes visible, it convicts a database that lost its tail
// (audit-and-provenance.md 4.3 L1; no RocksDB mode finds a cleanly truncated WAL).
//
// A torn write damages one slot only; the other still holds the checkpoint before.
// Not thread-safe: owned by the publisher; read by the recovery before it starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.hpp"

namespace sekisho::node {

struct AnchorSlot {
  std::uint64_t sequence = 0;
  std::string note;  // ≤ 4 000 octets
};

// The valid slot with the higher sequence; nullopt when there is no file. A file without any valid slot is
// Code::DatabaseDamaged.
[[nodiscard]] Result<std::optional<AnchorSlot>> read_anchor(const std::string& path);

class AnchorFile {
 public:
  // Opens or makes the file (0644), its directory entry synced.
  [[nodiscard]] static Result<AnchorFile> open(const std::string& path);
  AnchorFile(AnchorFile&& other) noexcept;
  AnchorFile& operator=(AnchorFile&& other) noexcept;
  ~AnchorFile();

  // Writes the older slot and returns after fdatasync.
  [[nodiscard]] Status write(std::string_view note);

 private:
  AnchorFile(int fd, std::uint64_t next) : fd_(fd), next_(next) {}
  int fd_ = -1;
  std::uint64_t next_ = 1;
};

// A successor log begins a new file; the old one is kept beside it as `<path>.<sequence>`.
[[nodiscard]] Status retire_anchor(const std::string& path);

}  // namespace sekisho::node
