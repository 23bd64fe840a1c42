// Whole files, bounded and durable. Every call blocks: event threads use a blocking pool.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho {

// A regular file of at most `limit` octets. Errors: NotFound, LimitExceeded, Io (a folder, a device, no permission).
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit);

// The same for keys, tokens and passphrases: refuses (Code::KeyFileMode) a file that anybody but its owner can
// read, write or run, and one of another owner. The mode is read from the open file, so nobody can swap it between.
[[nodiscard]] Result<Bytes> read_private_file(const std::filesystem::path& path, std::size_t limit);

// Readers see the old file or the new one, also after a power cut: temporary file in the same folder, fsync,
// rename, fsync of the folder. The mode is exact, whatever the umask. Errors: DiskFull, Io.
[[nodiscard]] Status write_file_atomic(const std::filesystem::path& path, BytesView content, mode_t mode = 0644);

}  // namespace sekisho
