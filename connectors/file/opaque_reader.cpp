#include "connectors/file/opaque_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include "base/async/run_blocking.hpp"
#include "connectors/file/file_cursor.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kPiece = 256U << 10;

struct Body {
  int fd = -1;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::string name;
  std::atomic<bool> cancelled{false};

  Body() = default;
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body() {
    if (fd >= 0) ::close(fd);
  }

  [[nodiscard]] Error failed(const std::string& why) const { return {Code::SourceFailed, "file " + name + ": " + why}; }

  [[nodiscard]] Status open(const std::filesystem::path& path, std::uint64_t from) {
    name = path.string();
    fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(failed(std::generic_category().message(errno)));
    struct stat info{};
    if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return fail(failed("not a regular file"));
    size = static_cast<std::uint64_t>(info.st_size);
    if (from > size) return fail(failed("the cursor is not of this file"));
    offset = from;
    return {};
  }

  [[nodiscard]] Result<Batch> read(const Credits& credits) {
    if (cancelled) return fail(Code::Cancelled, "the reading was cancelled");
    if (credits.deadline.expired()) return fail(Code::SourceTimeout, "the file was not read in time");
    Batch batch;
    const std::uint64_t most =
        std::min<std::uint64_t>({kPiece, std::max<std::size_t>(credits.bytes, 1), size - offset});
    batch.content.resize(static_cast<std::size_t>(most));
    std::size_t filled = 0;
    while (filled < batch.content.size()) {
      const ssize_t n = ::pread(fd, batch.content.data() + filled, batch.content.size() - filled,
                                static_cast<off_t>(offset + filled));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(failed(std::generic_category().message(errno)));
      if (n == 0) return fail(failed("its size changed while it was read"));
      filled += static_cast<std::size_t>(n);
    }
    offset += filled;
    batch.end = offset == size;
    if (batch.end) {
      struct stat info{};
      const bool same = ::fstat(fd, &info) == 0 && static_cast<std::uint64_t>(info.st_size) == size;
      if (!same) return fail(failed("its size changed while it was read"));
    }
    batch.cursor = to_text(FileCursor{{}, offset, 0});
    return batch;
  }
};

class OpaqueReader final : public Reader {
 public:
  OpaqueReader(std::shared_ptr<Body> body, std::shared_ptr<async::BlockingPool> pool)
      : body_(std::move(body)), pool_(std::move(pool)) {}

  async::Task<Result<Batch>> read(Credits credits) override {
    if (!pool_) co_return body_->read(credits);
    auto work = [body = body_, credits] { return body->read(credits); };
    Result<Batch> batch = co_await async::run_blocking(*pool_, std::move(work));
    co_return batch;
  }

  void cancel() override { body_->cancelled = true; }

 private:
  std::shared_ptr<Body> body_;
  std::shared_ptr<async::BlockingPool> pool_;
};

}  // namespace

Result<std::unique_ptr<Reader>> open_opaque(const std::filesystem::path& path, std::uint64_t offset,
                                            std::shared_ptr<async::BlockingPool> pool) {
  auto body = std::make_shared<Body>();
  Status opened = body->open(path, offset);
  if (!opened) return fail(opened.error());
  return std::unique_ptr<Reader>(std::make_unique<OpaqueReader>(std::move(body), std::move(pool)));
}

}  // namespace sekisho::connectors
