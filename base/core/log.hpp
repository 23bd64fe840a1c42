// The operator's log: one JSON object a line on standard error.
//
//   {"time":"2026-11-24T13:55:25.000123Z","level":"info","event":"exchange.released","correlationId":"…","rows":12}
//
// event is a constant dotted name; everything that varies is a field. Never secret or personal values: no bodies, no
// tokens, no query values. Values are escaped and cut at limits::kLogValueBytes; control characters and invalid UTF-8
// cannot break a line. Thread-safe; a call below the current level costs one relaxed load.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/core/error.hpp"

namespace sekisho {

enum class LogLevel : std::uint8_t { Debug, Info, Warn, Error, Off };

[[nodiscard]] std::string_view to_text(LogLevel level);                          // "debug" … "off"
[[nodiscard]] std::optional<LogLevel> log_level_from_text(std::string_view text);

// One field; the value is viewed, not owned, and must live until the call returns. Names are constants of the program;
// "correlationId" is the name of the request's id.
class LogField {
 public:
  using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  LogField(std::string_view n, T v) : name(n), value(convert(v)) {}

  std::string_view name;
  Value value;

 private:
  template <class T>
  static Value convert(T v) {
    if constexpr (std::is_same_v<T, bool>) return v;
    else if constexpr (std::is_floating_point_v<T>) return static_cast<double>(v);
    else if constexpr (std::is_signed_v<T>) return static_cast<std::int64_t>(v);
    else return static_cast<std::uint64_t>(v);
  }
};

void log_debug(std::string_view event, std::initializer_list<LogField> fields = {});
void log_info(std::string_view event, std::initializer_list<LogField> fields = {});
void log_warn(std::string_view event, std::initializer_list<LogField> fields = {});
void log_error(std::string_view event, std::initializer_list<LogField> fields = {});
// With members code and error (the whole chain).
void log_error(std::string_view event, const Error& error, std::initializer_list<LogField> fields = {});
void log_warn(std::string_view event, const Error& error, std::initializer_list<LogField> fields = {});

// Of the whole process, changeable at run time.
void set_log_level(LogLevel level);
[[nodiscard]] LogLevel log_level();

// Where lines go instead of standard error, for tests and tools; empty restores it. Called one line at a time.
using LogSink = std::function<void(std::string_view line)>;
void set_log_sink(LogSink sink);

}  // namespace sekisho
