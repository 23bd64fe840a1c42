// Where the public test logs and vectors lie: SEKISHO_TEST_DATA, else ../shared/data beside the source tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sekisho::trust::testing {

inline std::filesystem::path tlog_data() {
  const char* folder = std::getenv("SEKISHO_TEST_DATA");
  const std::filesystem::path root =
      folder ? std::filesystem::path(folder) : std::filesystem::path(SEKISHO_SOURCE_DIR) / "../shared/data";
  return root / "tlog";
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

}  // namespace sekisho::trust::testing
