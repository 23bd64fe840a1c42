#include "base/core/log.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/limits.hpp"
#include "base/core/log_line.hpp"

namespace sekisho {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    set_log_level(LogLevel::Info);
    set_log_sink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override {
    set_log_sink({});
    set_log_level(LogLevel::Info);
  }
  JsonObject last() {
    const auto value = parse_json(lines_.at(lines_.size() - 1));
    EXPECT_TRUE(value) << lines_.back();
    return value ? value->get_object() : JsonObject();
  }
  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesOneObjectALine) {
  const std::string id = "0198";
  log_info("exchange.released",
           {{"correlationId", id}, {"rows", 12}, {"ok", true}, {"ratio", 0.5}, {"big", ~0ULL >> 20}});
  const JsonObject line = last();
  EXPECT_EQ(get_string(line, "event").value(), "exchange.released");
  EXPECT_EQ(get_string(line, "level").value(), "info");
  EXPECT_EQ(get_string(line, "correlationId").value(), "0198");
  EXPECT_EQ(get_integer(line, "rows").value(), 12);
  EXPECT_TRUE(line.at("ok").as_bool());
  EXPECT_EQ(line.at("ratio").as_double(), 0.5);
  EXPECT_TRUE(from_rfc3339(get_string(line, "time").value()));
}

TEST_F(LogTest, AValueCannotBreakTheLine) {
  using std::string_literals::operator""s;
  const std::string hostile = "a\"b\\c\n{\"event\":\"forged\"}\r\t\x1b[31m\x00\x7f\xc2\x9b\xff\xed\xa0\x80 e"s;
  log_warn("test", {{"value", hostile}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].find_first_of("\n\r\t\x1b\x7f"), std::string::npos);
  EXPECT_EQ(lines_[0].find("\xc2\x9b"), std::string::npos);
  const std::string value = get_string(last(), "value").value();
  EXPECT_TRUE(value.starts_with("a\"b\\c\n{\"event\":\"forged\"}\r\t\x1b[31m"));
  EXPECT_NE(value.find("\xef\xbf\xbd"), std::string::npos);
}

TEST_F(LogTest, CutsLongValues) {
  log_info("test", {{"value", std::string(limits::kMiB, 'x')}});
  EXPECT_LT(lines_.at(0).size(), 2 * limits::kLogValueBytes);
  EXPECT_TRUE(get_string(last(), "value").value().ends_with("x\xe2\x80\xa6"));
}

TEST_F(LogTest, NumbersThatJsonLacksAreNull) {
  log_info("test", {{"a", std::numeric_limits<double>::infinity()}, {"b", std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_TRUE(last().at("a").is_null());
  EXPECT_TRUE(last().at("b").is_null());
}

TEST_F(LogTest, TheLevelChangesAtRunTime) {
  log_debug("no");
  EXPECT_TRUE(lines_.empty());
  set_log_level(LogLevel::Debug);
  log_debug("yes");
  EXPECT_EQ(lines_.size(), 1U);
  set_log_level(LogLevel::Error);
  log_info("no");
  log_warn("no");
  log_warn("no", Error(Code::Io, "x"));
  log_error("yes");
  EXPECT_EQ(lines_.size(), 2U);
  set_log_level(LogLevel::Off);
  log_error("no");
  log_error("no", Error(Code::Io, "x"));
  EXPECT_EQ(lines_.size(), 2U);
}

TEST_F(LogTest, ErrorsHaveTheirChain) {
  log_error("start.failed", Error(Code::KeyFile, "no key", Error(Code::NotFound, "no file")), {{"correlationId", "1"}});
  EXPECT_EQ(get_string(last(), "code").value(), "KEY_FILE");
  EXPECT_EQ(get_string(last(), "error").value(), "KEY_FILE: no key; because NOT_FOUND: no file");
  EXPECT_EQ(get_string(last(), "correlationId").value(), "1");
}

TEST(LogLevels, HaveNames) {
  for (const auto level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error, LogLevel::Off}) {
    EXPECT_EQ(log_level_from_text(to_text(level)), level);
  }
  EXPECT_EQ(log_level_from_text("INFO"), std::nullopt);
  EXPECT_EQ(log_level_from_text(""), std::nullopt);
}

}  // namespace
}  // namespace sekisho
