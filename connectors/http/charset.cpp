#include <iconv.h>

#include <algorithm>

#include "base/core/utf8.hpp"
#include "connectors/http/page.hpp"

namespace sekisho::connectors {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string charset_of(std::string_view content_type) {
  const std::string type = lower(content_type);
  const std::size_t at = type.find("charset=");
  if (at == std::string::npos) return "utf-8";
  std::string name = type.substr(at + 8);
  name = name.substr(0, name.find_first_of("; \t"));
  std::erase(name, '"');
  return name;
}

Result<std::string> from_windows_31j(const std::string& body) {
  const iconv_t converter = ::iconv_open("UTF-8", "CP932");
  // NOLINTNEXTLINE: POSIX says that -1 is the failure
  if (converter == reinterpret_cast<iconv_t>(-1))
    return fail(Code::SourceFailed, "this machine cannot convert Shift_JIS");
  std::string out(body.size() * 3 + 4, '\0');
  char* in_at = const_cast<char*>(body.data());  // iconv does not write to it
  std::size_t in_left = body.size();
  char* out_at = out.data();
  std::size_t out_left = out.size();
  const std::size_t done = ::iconv(converter, &in_at, &in_left, &out_at, &out_left);
  ::iconv_close(converter);
  if (done == static_cast<std::size_t>(-1) || in_left != 0)
    return fail(Code::SourceFailed, "the answer is not Shift_JIS as it says");
  out.resize(out.size() - out_left);
  return out;
}

}  // namespace

Result<std::string> to_utf8(std::string_view content_type, std::string body) {
  const std::string charset = charset_of(content_type);
  if (charset == "utf-8" || charset == "utf8" || charset == "us-ascii") {
    if (!valid_utf8(body)) return fail(Code::SourceFailed, "the answer is not UTF-8");
    return body;
  }
  constexpr std::string_view kJapanese[] = {"shift_jis", "shift-jis", "sjis", "windows-31j", "cp932", "ms_kanji"};
  if (std::ranges::find(kJapanese, charset) != std::end(kJapanese)) return from_windows_31j(body);
  return fail(Code::SourceFailed, "the answer's character set is not known");
}

}  // namespace sekisho::connectors
