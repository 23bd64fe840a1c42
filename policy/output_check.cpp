#include "policy/output_check.hpp"

#include <algorithm>

#include "base/core/json.hpp"
#include "policy/field_write.hpp"

namespace sekisho::policy {
namespace {

class Reading {
 public:
  Reading(const Plan& plan, std::string_view text)
      : plan_(plan), text_(text), names_(!plan.expected_names().empty()), looks_(names_ || plan.drop_empty()) {}

  // False at the first member that should not be there; pointer() then names it.
  bool whole() { return value(&plan_.expected(), plan_.expected().op, {}) && at_ == text_.size(); }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }

 private:
  // The name of the member that a value is or belongs to, and what is said of a member that it is.
  struct Named {
    const ExpectedNames::Name* name = nullptr;
    const FieldOp* op = nullptr;
  };

  bool value(const Expected* expected, const FieldOp& above, const Named& named) {
    using Kind = FieldOp::Kind;
    const FieldOp& op = expected != nullptr ? expected->op : above;
    if (named.op != nullptr && named.op->kind != Kind::Keep) return value_by_name(op, *named.op);
    const char first = peek();
    if (op.kind == Kind::Drop) {
      const bool on_the_way = expected != nullptr && expected->on_the_way;
      if (!on_the_way || (first != '{' && first != '[' && first != 'n')) return false;
    } else if (op.kind != Kind::Keep) {
      return is_result_of(op, scalar());
    }
    // Kept whole, and nothing to look for in it.
    if (op.kind == Kind::Keep && !looks_ && (expected == nullptr || !expected->on_the_way)) return skip();
    if (first == '{') return object(expected, op, named.name);
    if (first == '[') return array(expected, op, named.name);
    return !scalar().empty();
  }

  // Each element of an array is what both operations let pass.
  bool value_by_name(const FieldOp& op, const FieldOp& by_name) {
    if (by_name.kind == FieldOp::Kind::Drop) return false;
    if (peek() != '[') {
      const std::string_view raw = scalar();
      return op.kind == FieldOp::Kind::Drop ? raw == "null" : is_result_of(stronger(op, by_name), raw);
    }
    ++at_;
    if (plan_.drop_empty() && peek() == ']') return false;
    while (peek() != ']') {
      if (at_ >= text_.size()) return false;
      if (peek() == ',') ++at_;
      if (!value_by_name(op, by_name)) return false;
    }
    ++at_;
    return true;
  }

  // Over a value without parts; empty at an object or array.
  std::string_view scalar() {
    const std::size_t start = at_;
    const char first = peek();
    if (first == '{' || first == '[') return {};
    if (first == '"')
      string();
    else
      at_ = std::min(text_.find_first_of(",]}", at_), text_.size());
    return text_.substr(start, at_ - start);
  }

  bool object(const Expected* expected, const FieldOp& op, const ExpectedNames::Name* parent) {
    if (plan_.drop_empty() && at_ != 0 && text_.substr(at_, 2) == "{}") return false;
    ++at_;
    while (peek() != '}') {
      if (peek() == ',') ++at_;
      if (peek() != '"') return false;
      const std::string_view raw = string();
      if (peek() != ':') return false;
      ++at_;
      const std::string_view name = escaped_ ? unescaped(raw) : raw;
      const Expected* inner = expected == nullptr ? nullptr : expected->member(name);
      Named named;
      if (names_) {
        named.name = plan_.expected_names().find(name);
        named.op = plan_.expected_names().of(named.name, parent);
      }
      if (!value(inner, op, named)) return fail_below(raw);
    }
    ++at_;
    return true;
  }

  bool array(const Expected* expected, const FieldOp& op, const ExpectedNames::Name* name) {
    ++at_;
    if (plan_.drop_empty() && peek() == ']') return false;
    const Expected* inner = expected == nullptr ? nullptr : expected->elements();
    while (peek() != ']') {
      if (at_ >= text_.size()) return false;
      if (peek() == ',') ++at_;
      if (!value(inner, op, {name, nullptr})) return fail_below("*");
    }
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

  const Plan& plan_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool names_;
  bool looks_;            // also into what is kept whole
  bool escaped_ = false;  // the string last read had a backslash
  std::string name_, pointer_;
};

}  // namespace

Status check_output(const Plan& plan, std::string_view record) {
  Reading reading(plan, record);
  if (reading.whole()) return {};
  return fail(
      Error(Code::ViewError, "what was written is not what the view lets pass").with("pointer", reading.pointer()));
}

}  // namespace sekisho::policy
