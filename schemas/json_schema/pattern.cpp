#include "schemas/json_schema/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <string>

namespace sekisho::schemas {
namespace {

constexpr std::size_t kMaxExpression = 4096;
constexpr std::int64_t kMaxMemory = 1 << 20;
constexpr std::string_view kSpaces = R"(\t\n\v\f\r \x{a0}\x{feff}\x{2028}\x{2029}\p{Zs})";

bool all_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// The RE2 spelling of what begins with a backslash at `at`; moves `at` behind it.
std::string escape(std::string_view from, std::size_t& at, bool in_class) {
  const char c = at + 1 < from.size() ? from[at + 1] : '\0';
  at += 2;
  if (c == 'u' && at + 4 <= from.size() && all_hex(from.substr(at, 4))) {
    at += 4;
    return fmt::format("\\x{{{}}}", from.substr(at - 4, 4));
  }
  if (c == 'c' && at < from.size()) return fmt::format("\\x{{{:x}}}", static_cast<unsigned>(from[at++]) & 0x1FU);
  if (c == 's') return in_class ? std::string(kSpaces) : fmt::format("[{}]", kSpaces);
  if (c == 'S' && !in_class) return fmt::format("[^{}]", kSpaces);
  if (c == 'A' || c == 'z' || c == 'Z' || c == 'Q' || c == 'C') return fmt::format("\\{}\\1", c);  // no ECMA: refused
  return c == '\0' ? std::string("\\") : fmt::format("\\{}", c);
}

std::string translated(std::string_view from) {
  std::string to;
  bool in_class = false;
  for (std::size_t at = 0; at < from.size();) {
    if (from[at] == '\\') {
      to += escape(from, at, in_class);
    } else if (!in_class && from.substr(at).starts_with("[^]")) {
      to += "[\\s\\S]";
      at += 3;
    } else {
      if (from[at] == '[' && in_class) to += '\\';  // plain in ECMA; RE2 would look for [:name:]
      if (from[at] == '[') in_class = true;
      if (from[at] == ']') in_class = false;
      to += from[at++];
    }
  }
  return to;
}

// Where the group that opens at `open` closes; npos if it does not.
std::size_t closing(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  bool in_class = false;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (in_class) {
      in_class = text[i] != ']';
    } else if (text[i] == '[') {
      in_class = true;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool has_top_level_choice(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '|') return true;
    if (text[i] == '\\') ++i;
    if (i < text.size() && text[i] == '(') {
      const std::size_t end = closing(text, i);
      if (end == std::string_view::npos) return true;
      i = end;
    }
  }
  return false;
}

Result<std::unique_ptr<re2::RE2>> program(std::string_view expression) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto made = std::make_unique<re2::RE2>(translated(expression), options);
  if (!made->ok()) return fail(Code::JsonShape, "a regular expression that RE2 does not take: " + made->error());
  return made;
}

}  // namespace

struct Pattern::Programs {
  std::unique_ptr<re2::RE2> must, must_not;
};

Pattern::Pattern(std::unique_ptr<Programs> programs) : programs_(std::move(programs)) {}
Pattern::~Pattern() = default;

Result<std::shared_ptr<const Pattern>> Pattern::compile(std::string_view expression) {
  if (expression.size() > kMaxExpression) return fail(Code::LimitExceeded, "a regular expression over 4096 octets");
  auto programs = std::make_unique<Programs>();
  std::string rest(expression);
  if (expression.starts_with("^(?!")) {
    const std::size_t end = closing(expression, 1);
    if (end == std::string_view::npos) return fail(Code::JsonShape, "a regular expression whose group stays open");
    rest = "^" + std::string(expression.substr(end + 1));
    if (has_top_level_choice(rest)) return fail(Code::JsonShape, "a look-ahead in one of several alternatives");
    auto refused = program("^(?:" + std::string(expression.substr(4, end - 4)) + ")");
    if (!refused) return fail(refused.error());
    programs->must_not = std::move(*refused);
  }
  auto wanted = program(rest);
  if (!wanted) return fail(wanted.error());
  programs->must = std::move(*wanted);
  return std::shared_ptr<const Pattern>(new Pattern(std::move(programs)));
}

bool Pattern::found_in(std::string_view text) const {
  const re2::StringPiece piece(text.data(), text.size());
  if (programs_->must_not && re2::RE2::PartialMatch(piece, *programs_->must_not)) return false;
  return re2::RE2::PartialMatch(piece, *programs_->must);
}

}  // namespace sekisho::schemas
