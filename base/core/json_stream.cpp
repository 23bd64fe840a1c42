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

class Walker {
 public:
  Walker(RecordTape& tape, const RecordLimits& limits) : tape_(tape), limits_(limits) {}

  Status object(od::object object, std::uint32_t self, std::size_t depth) {
    if (depth > limits_.depth) return over("levels", limits_.depth);
    const std::size_t first_name = names_.size();
    for (auto item : object) {
      od::field field;
      if (const auto error = std::move(item).get(field)) return syntax(simdjson::error_message(error));
      const char* const raw = field.key().raw();
      std::string_view name;
      if (const auto error = field.unescaped_key().get(name)) return syntax(simdjson::error_message(error));
      auto node = add();
      if (!node) return fail(node.error());
      tape_.nodes[*node].name = name;
      tape_.nodes[*node].name_raw = raw_string(raw, name);
      if (tape_.nodes[*node].name_raw.size() != name.size() && !valid_utf8(name)) return syntax("a lone surrogate");
      names_.push_back(name);
      if (Status inner = value(field.value(), *node, depth); !inner) return inner;
    }
    tape_.nodes[self].next = static_cast<std::uint32_t>(tape_.nodes.size());
    const bool unique = all_different(first_name);
    names_.resize(first_name);
    if (!unique) return syntax("a duplicate name");
    return {};
  }

 private:
  static std::unexpected<Error> syntax(std::string_view what) {
    return fail(Code::JsonSyntax, fmt::format("a record with {}", what));
  }
  static std::unexpected<Error> over(std::string_view what, std::size_t limit) {
    return fail(Code::LimitExceeded, fmt::format("a record with over {} {}", limit, what));
  }

  Result<std::uint32_t> add() {
    if (tape_.nodes.size() > limits_.values) return over("values", limits_.values);
    tape_.nodes.emplace_back();
    return static_cast<std::uint32_t>(tape_.nodes.size() - 1);
  }

  Status array(od::array array, std::uint32_t self, std::size_t depth) {
    if (depth > limits_.depth) return over("levels", limits_.depth);
    for (auto item : array) {
      od::value element;
      if (const auto error = std::move(item).get(element)) return syntax(simdjson::error_message(error));
      auto node = add();
      if (!node) return fail(node.error());
      if (Status inner = value(element, *node, depth); !inner) return inner;
    }
    tape_.nodes[self].next = static_cast<std::uint32_t>(tape_.nodes.size());
    return {};
  }

  // Above a container, depth is its own level; the record itself is level 1.
  Status value(od::value value, std::uint32_t self, std::size_t depth) {
    od::json_type type{};
    if (const auto error = value.type().get(type)) return syntax(simdjson::error_message(error));
    if (type == od::json_type::object) {
      tape_.nodes[self].kind = FieldKind::Object;
      od::object inner;
      if (const auto error = value.get_object().get(inner)) return syntax(simdjson::error_message(error));
      return object(inner, self, depth + 1);
    }
    if (type == od::json_type::array) {
      tape_.nodes[self].kind = FieldKind::Array;
      od::array inner;
      if (const auto error = value.get_array().get(inner)) return syntax(simdjson::error_message(error));
      return array(inner, self, depth + 1);
    }
    return scalar(value, type, tape_.nodes[self], self);
  }

  static Status scalar(od::value value, od::json_type type, TapeNode& node, std::uint32_t self) {
    node.next = self + 1;
    node.raw = trim_end(value.raw_json_token());
    if (type == od::json_type::string) {
      node.kind = FieldKind::String;
      if (const auto error = value.get_string().get(node.text)) return syntax(simdjson::error_message(error));
      // Without an escape the source is the value, and the library has checked that it is UTF-8.
      if (node.raw.size() != node.text.size() + 2 && !valid_utf8(node.text)) return syntax("a lone surrogate");
      return {};
    }
    if (type == od::json_type::number) {
      // Not the library's check, which refuses integers over 64 bits; data may well hold them.
      const NumberForm form = json_number_form(node.raw);
      if (form == NumberForm::None) return syntax("a bad number");
      node.kind = form == NumberForm::Integer ? FieldKind::Integer : FieldKind::Double;
      return {};
    }
    if (node.raw == "null") {
      node.kind = FieldKind::Null;
    } else if (node.raw == "true" || node.raw == "false") {
      node.kind = FieldKind::Bool;
      node.boolean = node.raw == "true";
    } else {
      return syntax("an unknown word");
    }
    return {};
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
  const RecordLimits& limits_;
  std::vector<std::string_view> names_;
};

}  // namespace

struct RecordParser::State {
  RecordLimits limits;
  od::parser parser;
  std::string buffer;  // the line and the padding that the library may read over
  RecordTape tape;
};

RecordParser::RecordParser(RecordLimits limits) : state_(std::make_unique<State>()) { state_->limits = limits; }
RecordParser::RecordParser(RecordParser&&) noexcept = default;
RecordParser& RecordParser::operator=(RecordParser&&) noexcept = default;
RecordParser::~RecordParser() = default;

Result<RecordView> RecordParser::parse(std::string_view line) {
  State& state = *state_;
  if (line.size() > state.limits.bytes) {
    return fail(Code::LimitExceeded, fmt::format("a record of {} bytes, the limit is {}", line.size(), state.limits.bytes));
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
  Walker walker(state.tape, state.limits);
  if (Status walked = walker.object(object, 0, 1); !walked) return fail(walked.error());
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
