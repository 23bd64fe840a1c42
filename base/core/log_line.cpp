#include "base/core/log_line.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "base/core/limits.hpp"
#include "base/core/utf8.hpp"

namespace sekisho {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kCut = "\xe2\x80\xa6";          // an ellipsis

// C0, DEL and C1: what a terminal or a line reader could act upon.
bool control(std::string_view character, unsigned& code) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) {
    code = first;
    return first < 0x20 || first == 0x7f;
  }
  code = static_cast<unsigned char>(character[1]);
  return character.size() == 2 && first == 0xc2 && code < 0xa0;
}

void write_text(std::string& out, std::string_view text) {
  out += '"';
  const std::size_t start = out.size();
  while (!text.empty()) {
    if (out.size() - start >= limits::kLogValueBytes) {
      out += kCut;
      break;
    }
    const std::size_t n = utf8_character(text);
    const std::string_view character = text.substr(0, n == 0 ? 1 : n);
    text.remove_prefix(character.size());
    unsigned code = 0;
    if (n == 0) {
      out += kReplacement;
    } else if (character == "\"" || character == "\\") {
      out += '\\';
      out += character;
    } else if (control(character, code)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
    } else {
      out += character;
    }
  }
  out += '"';
}

struct WriteValue {
  std::string& out;
  void operator()(bool v) const { out += v ? "true" : "false"; }
  void operator()(std::int64_t v) const { fmt::format_to(std::back_inserter(out), "{}", v); }
  void operator()(std::uint64_t v) const { fmt::format_to(std::back_inserter(out), "{}", v); }
  void operator()(double v) const {
    if (std::isfinite(v)) {
      fmt::format_to(std::back_inserter(out), "{}", v);
    } else {
      out += "null";
    }
  }
  void operator()(std::string_view v) const { write_text(out, v); }
};

}  // namespace

std::string log_line(Instant at, LogLevel level, std::string_view event, std::span<const LogField> fields) {
  std::string out = fmt::format("{{\"time\":\"{}\",\"level\":\"{}\",\"event\":", to_rfc3339(at), to_text(level));
  write_text(out, event);
  for (const LogField& field : fields) {
    out += ',';
    write_text(out, field.name);
    out += ':';
    std::visit(WriteValue{out}, field.value);
  }
  out += '}';
  return out;
}

}  // namespace sekisho
