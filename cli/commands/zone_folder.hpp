// A zone authority in a folder of its own (0700): its five keys (0600), its book, and the trust events as JSON lines.
//
// One command at a time holds the folder (a lock file). save() writes the events first, then the book, so that nothing
// takes effect without a line about it. Errors: Io, KeyFile, KeyFileMode, Conflict (another command is running).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/core/result.hpp"
#include "trust/keys/key_file.hpp"
#include "trust/zone/authority.hpp"

namespace sekisho::cli {

class ZoneFolder {
 public:
  // Makes the folder and the zone in it; Conflict when there is one already.
  [[nodiscard]] static Result<ZoneFolder> create(const std::filesystem::path& folder, trust::Authority authority,
                                                 trust::KeyWrap* wrap);
  [[nodiscard]] static Result<ZoneFolder> open(const std::filesystem::path& folder, trust::KeyWrap* wrap);
  ZoneFolder(ZoneFolder&& other) noexcept;
  ZoneFolder& operator=(ZoneFolder&&) = delete;
  ~ZoneFolder();

  [[nodiscard]] trust::Authority& authority() { return *authority_; }
  [[nodiscard]] Status save();

 private:
  ZoneFolder(std::filesystem::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
  static Result<ZoneFolder> locked(const std::filesystem::path& folder);
  std::filesystem::path folder_;
  int lock_ = -1;
  std::optional<trust::Authority> authority_;
};

}  // namespace sekisho::cli
