#include "base/core/log.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/core/log_line.hpp"

namespace sekisho {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warn", "error", "off"};

std::atomic<LogLevel> current_level{LogLevel::Info};

// Never destroyed: threads may log until the very end of the process.
class Output {
 public:
  static Output& get() {
    static Output* const output = new Output();
    return *output;
  }

  void write(std::string_view line) {
    std::shared_ptr<const LogSink> sink;
    {
      const std::lock_guard lock(mutex_);
      sink = sink_;
    }
    if (sink != nullptr) {
      (*sink)(line);
    } else {
      logger_.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
  }

  void redirect(LogSink sink) {
    const std::lock_guard lock(mutex_);
    sink_ = sink ? std::make_shared<const LogSink>(std::move(sink)) : nullptr;
  }

 private:
  Output() : logger_("", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%v");
    logger_.flush_on(spdlog::level::trace);
  }

  spdlog::logger logger_;
  std::mutex mutex_;
  std::shared_ptr<const LogSink> sink_;
};

void write(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (level < current_level.load(std::memory_order_relaxed)) return;
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  Output::get().write(log_line(now, level, event, fields));
}

void write(LogLevel level, std::string_view event, const Error& error, std::initializer_list<LogField> fields) {
  if (level < current_level.load(std::memory_order_relaxed)) return;
  const std::string chain = error.chain();
  std::vector<LogField> all(fields);
  all.emplace_back("code", error.name());
  all.emplace_back("error", chain);
  write(level, event, all);
}

std::span<const LogField> span_of(std::initializer_list<LogField> fields) { return {fields.begin(), fields.size()}; }

}  // namespace

std::string_view to_text(LogLevel level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> log_level_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

void log_debug(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::Debug, event, span_of(fields));
}
void log_info(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::Info, event, span_of(fields));
}
void log_warn(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::Warn, event, span_of(fields));
}
void log_error(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::Error, event, span_of(fields));
}
void log_error(std::string_view event, const Error& error, std::initializer_list<LogField> fields) {
  write(LogLevel::Error, event, error, fields);
}
void log_warn(std::string_view event, const Error& error, std::initializer_list<LogField> fields) {
  write(LogLevel::Warn, event, error, fields);
}

void set_log_level(LogLevel level) { current_level.store(level, std::memory_order_relaxed); }
LogLevel log_level() { return current_level.load(std::memory_order_relaxed); }

void set_log_sink(LogSink sink) { Output::get().redirect(std::move(sink)); }

}  // namespace sekisho
