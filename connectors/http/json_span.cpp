#include "connectors/http/json_span.hpp"

#include <algorithm>

#include "base/core/json.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Walks over one text; every step ends at the text's end at the latest.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  // The next octet that is no white space; NUL at the end.
  char peek() {
    at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  // One whole value (or name), behind which the walk then stands.
  std::string_view value() {
    const char first = peek();
    const std::size_t start = at_;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_container();
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
    return text_.substr(start, at_ - start);
  }

 private:
  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_container() {
    std::size_t depth = 0;
    do {
      at_ = std::min(text_.find_first_of("\"{}[]", at_), text_.size());
      if (at_ == text_.size()) return;
      const char mark = text_[at_];
      if (mark == '"') {
        skip_string();
        continue;
      }
      depth += mark == '{' || mark == '[' ? 1 : 0;
      depth -= mark == '}' || mark == ']' ? 1 : 0;
      ++at_;
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_name(std::string_view raw, std::string_view wanted) {
  if (raw.size() < 2) return false;
  if (raw.find('\\') == raw.npos) return raw.substr(1, raw.size() - 2) == wanted;
  const Result<Json> name = parse_json(raw);
  return name && name->is_string() && std::string_view(name->get_string()) == wanted;
}

std::optional<std::string_view> member(std::string_view object, std::string_view name) {
  Walk walk(object);
  if (!walk.take('{')) return std::nullopt;
  while (walk.peek() == '"') {
    const bool found = is_name(walk.value(), name);
    if (!walk.take(':')) return std::nullopt;
    const std::string_view value = walk.value();
    if (found) return value;
    if (!walk.take(',')) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string_view> element(std::string_view array, std::string_view index) {
  const bool number = !index.empty() && index.size() < 7 && index.find_first_not_of("0123456789") == index.npos;
  if (!number) return std::nullopt;
  const std::vector<std::string_view> all = raw_elements(array);
  const std::size_t at = std::stoul(std::string(index));
  if (at >= all.size()) return std::nullopt;
  return all[at];
}

}  // namespace

std::string pointer_step(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escape = step[i] == '~' && i + 1 < step.size();
    out += escape ? (step[++i] == '1' ? '/' : '~') : step[i];
  }
  return out;
}

std::optional<std::string_view> raw_at(std::string_view json, std::string_view pointer) {
  std::optional<std::string_view> at = Walk(json).value();
  while (at && !pointer.empty()) {
    if (pointer.front() != '/') return std::nullopt;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string step = pointer_step(pointer.substr(0, end));
    pointer.remove_prefix(end);
    at = at->starts_with('[') ? element(*at, step) : member(*at, step);
  }
  return at;
}

std::vector<std::string_view> raw_elements(std::string_view array) {
  std::vector<std::string_view> out;
  Walk walk(array);
  if (!walk.take('[') || walk.peek() == ']') return out;
  do {
    const std::string_view value = walk.value();
    if (value.empty()) return out;
    out.push_back(value);
  } while (walk.take(','));
  return out;
}

std::string on_one_line(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  std::size_t at = 0;
  while (at < json.size()) {
    const std::size_t stop = std::min(json.find_first_of("\" \t\r\n", at), json.size());
    out += json.substr(at, stop - at);
    at = stop;
    if (at == json.size()) break;
    if (json[at] != '"') {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    end = std::min(end + 1, json.size());
    out += json.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace sekisho::connectors
