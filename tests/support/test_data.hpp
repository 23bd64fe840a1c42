// Where the public test data lie, and their absence as a plain skip.
//
//   SEKISHO_TEST_DATA names the folder; else it is ../shared/data beside the source tree.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::test {

inline std::filesystem::path data_folder() {
  const char* named = std::getenv("SEKISHO_TEST_DATA");
  if (named != nullptr) return named;
  return std::filesystem::path(SEKISHO_SOURCE_DIR).parent_path() / "shared" / "data";
}

// The path of a file or folder of the test data, or nothing when it is absent.
inline std::optional<std::filesystem::path> data_path(std::string_view below) {
  std::filesystem::path path = data_folder() / below;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

// Ends the test as skipped, with the reason, when data are absent. The rest of the test uses `name`.
#define SEKISHO_DATA_OR_SKIP(name, below)                                                           \
  const auto name##_or_none = ::sekisho::test::data_path(below);                                    \
  if (!name##_or_none) {                                                                            \
    GTEST_SKIP() << "test data absent: " << (below) << " (name their folder in SEKISHO_TEST_DATA)"; \
  }                                                                                                 \
  const std::filesystem::path name = *name##_or_none

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void print_cases(std::string_view what, std::size_t count) {
  std::cout << "vectors: " << count << ' ' << what << '\n';
}

// A folder of its own for a test, gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sekisho-test-XXXXXX").string();
    const char* made = ::mkdtemp(name.data());
    if (made == nullptr) std::abort();
    path_ = made;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sekisho::test
