#include "base/core/json_stream.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/core/json_number.hpp"
#include "base/core/record_tape.hpp"
#include "base/core/utf8.hpp"

namespace sekisho {
namespace {

namespace od = simdjson::ondemand;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim_end(std::string_view text) { return text.substr(0, text.find_last_not_of(kSpace) + 1); }

// Walks one record into the tape. False ends the walk; then `error` says why. Plain bools inside, since a Result for
// each value costs more than the value.
class Walker {
 public:
  Walker(RecordTape& tape, std::vector<std::string_view>& names, const RecordLimits& limits)
      : tape_(tape), names_(names), limits_(limits) {}

  Error error;

  // The record itself is level 1.
  bool object(od::object object, std::uint32_t self, std::size_t depth) {
    if (depth > limits_.depth) return over("levels", limits_.depth);
    const std::size_t first_name = names_.size();
    for (auto item : object) {
      od::field field;
      if (const auto code = std::move(item).get(field)) return syntax(simdjson::error_message(code));
      const char* const raw = field.key().raw();
      std::string_view name;
      if (const auto code = field.unescaped_key().get(name)) return syntax(simdjson::error_message(code));
      const std::string_view name_raw = raw_string(raw, name);
      if (name_raw.size() != name.size() && !valid_utf8(name)) return syntax("a lone surrogate");
      const std::uint32_t node = add();
      if (node == kNone) return false;
      tape_.nodes[node].name = name;
      tape_.nodes[node].name_raw = name_raw;
      names_.push_back(name);
      if (!value(field.value(), node, depth)) return false;
    }
    tape_.nodes[self].next = static_cast<std::uint32_t>(tape_.nodes.size());
    if (!all_different(first_name)) return syntax("a duplicate name");
    names_.resize(first_name);
    return true;
  }

 private:
  static constexpr std::uint32_t kNone = 0;  // the record is node 0, and nobody's child

  bool syntax(std::string_view what) {
    error = Error(Code::JsonSyntax, fmt::format("a record with {}", what));
    return false;
  }
  bool over(std::string_view what, std::size_t limit) {
    error = Error(Code::LimitExceeded, fmt::format("a record with over {} {}", limit, what));
    return false;
  }

  std::uint32_t add() {
    if (tape_.nodes.size() > limits_.values) {
      over("values", limits_.values);
      return kNone;
    }
    tape_.nodes.emplace_back();
    return static_cast<std::uint32_t>(tape_.nodes.size() - 1);
  }

  bool array(od::array array, std::uint32_t self, std::size_t depth) {
    if (depth > limits_.depth) return over("levels", limits_.depth);
    for (auto item : array) {
      od::value element;
      if (const auto code = std::move(item).get(element)) return syntax(simdjson::error_message(code));
      const std::uint32_t node = add();
      if (node == kNone || !value(element, node, depth)) return false;
    }
    tape_.nodes[self].next = static_cast<std::uint32_t>(tape_.nodes.size());
    return true;
  }

  bool value(od::value value, std::uint32_t self, std::size_t depth) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return syntax(simdjson::error_message(code));
    if (type == od::json_type::object) {
      tape_.nodes[self].kind = FieldKind::Object;
      od::object inner;
      if (const auto code = value.get_object().get(inner)) return syntax(simdjson::error_message(code));
      return object(inner, self, depth + 1);
    }
    if (type == od::json_type::array) {
      tape_.nodes[self].kind = FieldKind::Array;
      od::array inner;
      if (const auto code = value.get_array().get(inner)) return syntax(simdjson::error_message(code));
      return array(inner, self, depth + 1);
    }
    tape_.nodes[self].next = self + 1;
    return scalar(value, type, tape_.nodes[self]);
  }

  bool scalar(od::value value, od::json_type type, TapeNode& node) {
    node.raw = trim_end(value.raw_json_token());
    if (type == od::json_type::string) {
      node.kind = FieldKind::String;
      if (const auto code = value.get_string().get(node.text)) return syntax(simdjson::error_message(code));
      // Without an escape the source is the value, and the library has checked that it is UTF-8.
      return node.raw.size() == node.text.size() + 2 || valid_utf8(node.text) || syntax("a lone surrogate");
    }
    if (type == od::json_type::number) {
      // Not the library's check, which refuses integers over 64 bits; data may well hold them.
      const NumberForm form = json_number_form(node.raw);
      node.kind = form == NumberForm::Integer ? FieldKind::Integer : FieldKind::Double;
      return form != NumberForm::None || syntax("a bad number");
    }
    node.boolean = node.raw == "true";
    node.kind = node.raw == "null" ? FieldKind::Null : FieldKind::Bool;
    return node.kind == FieldKind::Null || node.boolean || node.raw == "false" || syntax("an unknown word");
  }

  // The source text of a name: as long as its value unless it has escapes.
  static std::string_view raw_string(const char* raw, std::string_view value) {
    if (raw[value.size()] == '"' && std::memcmp(raw, value.data(), value.size()) == 0) return {raw, value.size()};
    std::size_t n = 0;
    while (raw[n] != '"') n += raw[n] == '\\' ? 2 : 1;
    return {raw, n};
  }

  bool all_different(std::size_t first) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
    constexpr std::ptrdiff_t kFew = 16;  // below this, comparing each with each is faster than sorting
    if (names_.end() - begin <= kFew) {
      for (auto a = begin; a != names_.end(); ++a) {
        if (std::find(a + 1, names_.end(), *a) != names_.end()) return false;
      }
      return true;
    }
    std::sort(begin, names_.end());
    return std::adjacent_find(begin, names_.end()) == names_.end();
  }

  RecordTape& tape_;
  std::vector<std::string_view>& names_;  // of the objects that are open, innermost last
  const RecordLimits& limits_;
};

}  // namespace

struct RecordParser::State {
  RecordLimits limits;
  od::parser parser;
  std::string buffer;  // the line and the padding that the library may read over
  RecordTape tape;
  std::vector<std::string_view> names;
};

RecordParser::RecordParser(RecordLimits limits) : state_(std::make_unique<State>()) { state_->limits = limits; }
RecordParser::RecordParser(RecordParser&&) noexcept = default;
RecordParser& RecordParser::operator=(RecordParser&&) noexcept = default;
RecordParser::~RecordParser() = default;

Result<RecordView> RecordParser::parse(std::string_view line) {
  State& state = *state_;
  if (line.size() > state.limits.bytes) {
    return fail(Code::LimitExceeded,
                fmt::format("a record of {} bytes, the limit is {}", line.size(), state.limits.bytes));
  }
  state.buffer.assign(line);
  state.buffer.append(simdjson::SIMDJSON_PADDING, ' ');
  state.tape.nodes.clear();
  state.tape.nodes.emplace_back().kind = FieldKind::Object;
  const auto syntax = [](simdjson::error_code error) {
    return fail(Code::JsonSyntax, fmt::format("a record that is no JSON object: {}", simdjson::error_message(error)));
  };
  od::document document;
  const simdjson::padded_string_view padded(state.buffer.data(), line.size(), state.buffer.size());
  if (const auto error = state.parser.iterate(padded).get(document)) return syntax(error);
  od::object object;
  if (const auto error = document.get_object().get(object)) return syntax(error);
  state.names.clear();
  Walker walker(state.tape, state.names, state.limits);
  if (!walker.object(object, 0, 1)) return fail(std::move(walker.error));
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return fail(Code::JsonSyntax, "a record with text after its object");
  }
  return RecordView(state.tape);
}

bool LineSplitter::next(std::string_view& line) {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    if (line.find_first_not_of(kSpace) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace sekisho
