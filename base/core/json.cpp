#include "base/core/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include "base/core/json_number.hpp"
#include "base/core/limits.hpp"

namespace sekisho {
namespace {

// Builds the value while it watches for what the library lets pass: duplicate names and inexact integers.
struct StrictHandler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  boost::json::value_stack stack;
  std::size_t values = 0;
  std::size_t members = 0;
  std::size_t max_values;
  const char* reason = nullptr;

  explicit StrictHandler(std::size_t limit) : max_values(limit) { stack.reset(); }

  bool refuse(boost::json::error_code& ec, const char* why) {
    reason = why;
    ec = boost::json::error::syntax;
    return false;
  }
  bool count(boost::json::error_code& ec) { return ++values <= max_values || refuse(ec, "too many values"); }

  bool on_document_begin(boost::json::error_code&) { return true; }
  bool on_document_end(boost::json::error_code&) { return true; }
  bool on_object_begin(boost::json::error_code&) { return true; }
  bool on_object_end(std::size_t n, boost::json::error_code& ec) {
    members += n;
    stack.push_object(n);
    return count(ec);
  }
  bool on_array_begin(boost::json::error_code&) { return true; }
  bool on_array_end(std::size_t n, boost::json::error_code& ec) {
    stack.push_array(n);
    return count(ec);
  }
  bool on_key_part(boost::json::string_view s, std::size_t, boost::json::error_code& ec) {
    if (s.find('\0') != boost::json::string_view::npos) return refuse(ec, "a NUL in a name");
    stack.push_chars(s);
    return true;
  }
  bool on_key(boost::json::string_view s, std::size_t, boost::json::error_code& ec) {
    if (s.find('\0') != boost::json::string_view::npos) return refuse(ec, "a NUL in a name");
    stack.push_key(s);
    return true;
  }
  bool on_string_part(boost::json::string_view s, std::size_t, boost::json::error_code&) {
    stack.push_chars(s);
    return true;
  }
  bool on_string(boost::json::string_view s, std::size_t, boost::json::error_code& ec) {
    stack.push_string(s);
    return count(ec);
  }
  bool on_number_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_int64(std::int64_t v, boost::json::string_view, boost::json::error_code& ec) {
    if (v > limits::kJsonInteger || v < -limits::kJsonInteger) return refuse(ec, "an integer beyond 2^53");
    stack.push_int64(v);
    return count(ec);
  }
  bool on_uint64(std::uint64_t, boost::json::string_view, boost::json::error_code& ec) {
    return refuse(ec, "an integer beyond 2^53");
  }
  // The library's own value may be off in the last place (Boost 1.81), so that another reader would sign other octets.
  bool on_double(double, boost::json::string_view s, boost::json::error_code& ec) {
    const std::string_view text(s.data(), s.size());
    if (text == "-0") {
      stack.push_int64(0);
      return count(ec);
    }
    double v = 0;
    switch (json_number_form(text)) {
      case NumberForm::None: return refuse(ec, "a number that no double holds");
      case NumberForm::Integer: return refuse(ec, "an integer beyond 2^53");
      case NumberForm::Fraction: std::from_chars(text.data(), text.data() + text.size(), v);
    }
    // Canonical JSON writes these as integers, which are refused.
    if (std::fabs(v) > static_cast<double>(limits::kJsonInteger) && std::fabs(v) < 1e21) {
      return refuse(ec, "an integer beyond 2^53");
    }
    stack.push_double(v);
    return count(ec);
  }
  bool on_bool(bool v, boost::json::error_code& ec) {
    stack.push_bool(v);
    return count(ec);
  }
  bool on_null(boost::json::error_code& ec) {
    stack.push_null();
    return count(ec);
  }
  bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_comment(boost::json::string_view, boost::json::error_code&) { return true; }
};

// Members of the value and of all below it. The recursion is as deep as the value, which the parser bounds.
std::size_t count_members(const Json& value) {
  std::size_t n = 0;
  if (const auto* object = value.if_object()) {
    n = object->size();
    for (const auto& member : *object) n += count_members(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) n += count_members(element);
  }
  return n;
}

std::unexpected<Error> shape(std::string_view name, std::string_view what) {
  return fail(
      Error(Code::JsonShape, fmt::format("member '{}' {}", name, what)).with("pointer", fmt::format("/{}", name)));
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return fail(Code::LimitExceeded, fmt::format("JSON of {} bytes, the limit is {}", text.size(), limits.bytes));
  }
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::basic_parser<StrictHandler> parser(options, limits.values);
  boost::json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) {
    return fail(Code::JsonSyntax, fmt::format("text after the JSON value at byte {}", used));
  }
  if (!ec && !parser.done()) ec = boost::json::error::incomplete;
  if (ec) {
    const char* reason = parser.handler().reason;
    return fail(Code::JsonSyntax, fmt::format("{} near byte {}", reason != nullptr ? reason : ec.message(), used));
  }
  Json value = parser.handler().stack.release();
  // The value keeps one of several members of one name, so that there are fewer than were read.
  if (count_members(value) != parser.handler().members) return fail(Code::JsonSyntax, "a duplicate name");
  return value;
}

std::string to_text(const Json& value) { return boost::json::serialize(value); }

Result<std::string> get_string(const JsonObject& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return shape(name, "is missing");
  if (!member->is_string()) return shape(name, "is not a string");
  return std::string(member->get_string());
}

Result<std::int64_t> get_integer(const JsonObject& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return shape(name, "is missing");
  if (!member->is_int64()) return shape(name, "is not an integer");
  return member->get_int64();
}

Result<const JsonObject*> get_object(const JsonObject& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return shape(name, "is missing");
  if (!member->is_object()) return shape(name, "is not an object");
  return &member->get_object();
}

Result<const JsonArray*> get_array(const JsonObject& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return shape(name, "is missing");
  if (!member->is_array()) return shape(name, "is not an array");
  return &member->get_array();
}

Result<std::optional<std::string>> get_optional_string(const JsonObject& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return std::optional<std::string>();
  if (!member->is_string()) return shape(name, "is not a string");
  return std::optional<std::string>(std::string(member->get_string()));
}

Status only_members(const JsonObject& object, std::initializer_list<std::string_view> names) {
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(names.begin(), names.end(), name) == names.end()) return shape(name, "is unknown");
  }
  return {};
}

}  // namespace sekisho
