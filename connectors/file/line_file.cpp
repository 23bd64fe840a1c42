#include "connectors/file/line_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sekisho::connectors {

namespace {

constexpr std::size_t kPiece = 64U << 10;

Error failed(const std::string& name, const std::string& why) {
  return {Code::SourceFailed, "file " + name + ": " + why};
}
std::string reason(int code) { return std::generic_category().message(code); }

}  // namespace

Result<LineFile> LineFile::open(const std::filesystem::path& path) {
  const std::string name = path.string();
  // Non-blocking, so that a named pipe put there cannot hold the thread; it is refused below.
  const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return fail(failed(name, reason(errno)));
  struct stat info{};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return fail(failed(name, "not a regular file"));
  }
  return LineFile(fd, static_cast<std::uint64_t>(info.st_size), name);
}

LineFile::LineFile(LineFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      offset_(other.offset_),
      name_(std::move(other.name_)),
      lines_(std::move(other.lines_)) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  size_ = other.size_;
  offset_ = other.offset_;
  name_ = std::move(other.name_);
  lines_ = std::move(other.lines_);
  return *this;
}

LineFile::~LineFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status LineFile::seek(std::uint64_t position) {
  char before = '\n';
  const bool inside = position <= size_;
  if (inside && position > 0 && ::pread(fd_, &before, 1, static_cast<off_t>(position - 1)) != 1) before = '\0';
  if (!inside || (before != '\n' && position != size_)) {
    return fail(failed(name_, "the cursor is not of this file"));
  }
  offset_ = position;
  return {};
}

Status LineFile::check_unchanged() {
  struct stat info{};
  if (::fstat(fd_, &info) != 0) return fail(failed(name_, reason(errno)));
  if (static_cast<std::uint64_t>(info.st_size) != size_ || offset_ != size_) {
    return fail(failed(name_, "its size changed while it was read"));
  }
  return {};
}

Status LineFile::fill(std::size_t most) {
  std::string piece(most, '\0');
  ssize_t n = 0;
  do {
    n = ::pread(fd_, piece.data(), most, static_cast<off_t>(offset_));
  } while (n < 0 && errno == EINTR);
  if (n < 0) return fail(failed(name_, reason(errno)));
  lines_.add(std::string_view(piece).substr(0, static_cast<std::size_t>(n)));
  offset_ += static_cast<std::uint64_t>(n);
  if (offset_ < size_ && n > 0) return {};
  lines_.finish();
  return check_unchanged();
}

Status LineFile::read(std::size_t records, std::size_t bytes, Batch& out) {
  const std::string source = "file " + name_;
  for (;;) {
    Result<bool> more = lines_.take(records, bytes, source, out);
    if (!more) return fail(more.error());
    if (!*more || lines_.finished()) return {};
    // One octet more than is left shows a file that grew.
    Status filled = fill(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, size_ - offset_ + 1)));
    if (!filled) return filled;
  }
}

}  // namespace sekisho::connectors
