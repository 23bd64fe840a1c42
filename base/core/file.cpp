#include "base/core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include <fmt/format.h>

namespace sekisho {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd);
  }

 private:
  int fd_;
};

std::unexpected<Error> io(std::string_view what, const fs::path& path) {
  const int number = errno;
  const Code code = number == ENOENT                       ? Code::NotFound
                    : number == ENOSPC || number == EDQUOT ? Code::DiskFull
                                                           : Code::Io;
  return fail(code, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(number)));
}

Result<Bytes> read_open(const Descriptor& file, const struct stat& state, const fs::path& path, std::size_t limit) {
  const auto over = [&] { return fail(Code::LimitExceeded, fmt::format("{} is over {} bytes", path.string(), limit)); };
  if (state.st_size > 0 && static_cast<std::size_t>(state.st_size) > limit) return over();
  Bytes out;
  out.reserve(static_cast<std::size_t>(state.st_size));
  std::array<std::uint8_t, 16384> part;
  for (;;) {
    const ssize_t n = ::read(file.get(), part.data(), part.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io("read", path);
    if (n == 0) return out;
    // The file may grow while it is read, and the size of a file under /proc is 0.
    if (out.size() + static_cast<std::size_t>(n) > limit) return over();
    append(out, BytesView(part).first(static_cast<std::size_t>(n)));
  }
}

Result<Bytes> read_checked(const fs::path& path, std::size_t limit, bool owner_only) {
  // Non-blocking, so that a FIFO in the place of a file cannot hang the caller.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return io("open", path);
  struct stat state{};
  if (::fstat(file.get(), &state) != 0) return io("stat", path);
  if (!S_ISREG(state.st_mode)) return fail(Code::Io, fmt::format("{} is not a regular file", path.string()));
  if (owner_only) {
    const unsigned mode = state.st_mode & 07777U;
    if ((mode & ~0600U) != 0) {
      return fail(Code::KeyFileMode, fmt::format("{} has mode {:04o}; 0600 is the most", path.string(), mode));
    }
    if (state.st_uid != ::geteuid() && ::geteuid() != 0) {
      return fail(Code::KeyFileMode, fmt::format("{} belongs to another user", path.string()));
    }
  }
  return read_open(file, state, path, limit);
}

Status write_all(const Descriptor& file, BytesView content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(file.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io("write", path);
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Status write_temporary(const fs::path& temporary, BytesView content, mode_t mode) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode & 0600U));
  if (file.get() < 0) return io("create", temporary);
  if (Status written = write_all(file, content, temporary); !written) return written;
  if (::fchmod(file.get(), mode) != 0) return io("change the mode of", temporary);
  if (::fsync(file.get()) != 0) return io("sync", temporary);
  if (file.close() != 0) return io("close", temporary);
  return {};
}

}  // namespace

Result<Bytes> read_file(const fs::path& path, std::size_t limit) { return read_checked(path, limit, false); }

Result<Bytes> read_private_file(const fs::path& path, std::size_t limit) { return read_checked(path, limit, true); }

Status write_file_atomic(const fs::path& path, BytesView content, mode_t mode) {
  static std::atomic<unsigned> serial{0};
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const fs::path temporary =
      folder / fmt::format(".{}.{}.{}.tmp", path.filename().string(), ::getpid(), serial.fetch_add(1));
  Status written = write_temporary(temporary, content, mode);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = io("replace", path);
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) return io("sync the folder", folder);
  return {};
}

}  // namespace sekisho
