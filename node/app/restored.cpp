#include "node/app/restored.hpp"

#include <system_error>

#include <fmt/format.h>

#include "base/core/file.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxMark = 4096;

std::filesystem::path mark(const std::filesystem::path& data) { return data / "RESTORED"; }

}  // namespace

Result<std::optional<std::string>> read_restored(const std::filesystem::path& data) {
  const auto text = read_file(mark(data), kMaxMark);
  if (text) return std::optional<std::string>(std::string(as_text(*text)));
  if (text.error().code == Code::NotFound) return std::optional<std::string>();
  return fail(text.error());
}

Status mark_restored(const std::filesystem::path& data, std::string_view reason) {
  return write_file_atomic(mark(data), as_bytes(reason), 0600);
}

Status clear_restored(const std::filesystem::path& data) {
  std::error_code ec;
  std::filesystem::remove(mark(data), ec);
  if (ec) return fail(Code::Io, fmt::format("{} cannot be removed: {}", mark(data).string(), ec.message()));
  return {};
}

}  // namespace sekisho::node
