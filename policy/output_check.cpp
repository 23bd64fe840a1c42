#include "policy/output_check.hpp"

#include <algorithm>

#include "base/core/json.hpp"

namespace sekisho::policy {
namespace {

constexpr std::string_view kMasked = "\"****";

class Reading {
 public:
  Reading(const Plan& plan, std::string_view text, std::string* out) : plan_(plan), text_(text), out_(out) {}

  // False at the first member that should not be there; pointer() then names it.
  bool whole() { return value(&plan_.expected(), plan_.expected().op) && at_ == text_.size(); }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }

 private:
  bool value(const Expected* expected, FieldOp op) {
    if (expected != nullptr) op = expected->op;
    const char first = peek();
    if (op.kind == FieldOp::Kind::Mask) {
      // Nothing but a masked text or null stands where the view masks.
      if (first != 'n' && !text_.substr(at_).starts_with(kMasked)) return false;
    } else if (op.kind == FieldOp::Kind::Drop) {
      const bool on_the_way = expected != nullptr && expected->on_the_way;
      if (!on_the_way || (first != '{' && first != '[' && first != 'n')) return false;
    }
    // Kept whole, and nothing to look for in it.
    if (op.kind == FieldOp::Kind::Keep && out_ == nullptr && (expected == nullptr || !expected->on_the_way))
      return skip();
    if (first == '{') return object(expected, op);
    if (first == '[') return array(expected, op);
    const std::size_t start = at_;
    if (first == '"')
      string();
    else
      at_ = std::min(text_.find_first_of(",]}", at_), text_.size());
    if (at_ == start) return false;
    emit(text_.substr(start, at_ - start));
    return true;
  }

  bool object(const Expected* expected, FieldOp op) {
    emit("{");
    ++at_;
    bool written = false;
    while (peek() != '}') {
      if (peek() == ',') ++at_;
      if (peek() != '"') return false;
      const std::string_view raw = string();
      if (peek() != ':') return false;
      ++at_;
      const std::string_view name = escaped_ ? unescaped(raw) : raw;
      if (out_ != nullptr && std::ranges::binary_search(plan_.dropped_names(), name)) {
        if (!skip()) return false;
        continue;
      }
      if (written) emit(",");
      written = true;
      emit("\"");
      emit(raw);
      emit("\":");
      const Expected* inner = expected == nullptr ? nullptr : expected->member(name);
      if (!value(inner, op)) return fail_below(raw);
    }
    emit("}");
    ++at_;
    return true;
  }

  bool array(const Expected* expected, FieldOp op) {
    emit("[");
    ++at_;
    const Expected* inner = expected == nullptr ? nullptr : expected->elements();
    while (peek() != ']') {
      if (at_ >= text_.size()) return false;
      if (peek() == ',') {
        emit(",");
        ++at_;
      }
      if (!value(inner, op)) return fail_below("*");
    }
    emit("]");
    ++at_;
    return true;
  }

  // Over one value, whatever it is.
  bool skip() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) return true;
        --depth;
        ++at_;
      } else if (c == '\0') {
        return false;
      } else {
        ++at_;
      }
    } while (depth > 0 || (peek() != ',' && peek() != '}' && peek() != ']' && peek() != '\0'));
    return true;
  }

  // Over a string; what lies between its quotes.
  std::string_view string() {
    const std::size_t start = ++at_;
    escaped_ = false;
    std::size_t end = text_.find('"', start);
    // A quote behind a backslash may be escaped: then step by step.
    if (end != std::string_view::npos && text_[end - 1] == '\\') {
      end = start;
      while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, text_.size());
    at_ = std::min(end + 1, text_.size());
    const std::string_view inside = text_.substr(start, end - start);
    escaped_ = inside.find('\\') != std::string_view::npos;
    return inside;
  }

  std::string_view unescaped(std::string_view raw) {
    const Result<Json> parsed = parse_json('"' + std::string(raw) + '"');
    name_ = parsed && parsed->is_string() ? std::string(std::string_view(parsed->get_string())) : std::string(raw);
    return name_;
  }

  bool fail_below(std::string_view token) {
    pointer_.insert(0, "/" + std::string(token));
    return false;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void emit(std::string_view text) {
    if (out_ != nullptr) out_->append(text);
  }

  const Plan& plan_;
  std::string_view text_;
  std::string* out_;
  std::size_t at_ = 0;
  bool escaped_ = false;  // the string last read had a backslash
  std::string name_, pointer_;
};

}  // namespace

Status check_output(const Plan& plan, std::string_view record, std::string& cleaned) {
  const std::size_t before = cleaned.size();
  Reading reading(plan, record, plan.dropped_names().empty() ? nullptr : &cleaned);
  if (reading.whole()) return {};
  cleaned.resize(before);
  return fail(
      Error(Code::ViewError, "what was written is not what the view lets pass").with("pointer", reading.pointer()));
}

}  // namespace sekisho::policy
