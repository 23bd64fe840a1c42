// One open NDJSON file, read in pieces of whole lines. Blocks; used by one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/core/result.hpp"
#include "connectors/connector.hpp"
#include "connectors/line_buffer.hpp"

namespace sekisho::connectors {

class LineFile {
 public:
  // A regular file, or SourceFailed.
  [[nodiscard]] static Result<LineFile> open(const std::filesystem::path& path);
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;
  ~LineFile();

  // Appends whole lines to `out` while both limits allow it. Empty lines are skipped. AnswerTooLarge for a line
  // that does not fit `bytes` alone; SourceFailed for invalid UTF-8 or a file that changed.
  [[nodiscard]] Status read(std::size_t records, std::size_t bytes, Batch& out);
  [[nodiscard]] bool at_end() const { return lines_.finished() && lines_.empty(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Where the next line starts; and going there before the first read: SourceFailed when no line starts there.
  [[nodiscard]] std::uint64_t position() const { return offset_ - lines_.pending(); }
  [[nodiscard]] Status seek(std::uint64_t position);

 private:
  LineFile(int fd, std::uint64_t size, std::string name) : fd_(fd), size_(size), name_(std::move(name)) {}

  [[nodiscard]] Status fill(std::size_t most);
  [[nodiscard]] Status check_unchanged();

  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
  std::string name_;
  LineBuffer lines_;
};

}  // namespace sekisho::connectors
