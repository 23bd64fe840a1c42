#include "node/app/observe.hpp"

#include <gtest/gtest.h>

#include "base/core/log.hpp"

namespace sekisho::node {
namespace {

struct Lines {
  Lines() {
    set_log_sink([this](std::string_view line) { text += line; });
  }
  ~Lines() { set_log_sink({}); }
  std::string text;
};

// A stranger must not fill the operator's disk; the metric counts him.
TEST(Observer, StrangersAreCountedNotLogged) {
  Metrics metrics;
  const Observer observe = observer(metrics);
  const Error error(Code::Unauthenticated, "no client certificate");
  const Lines lines;
  observe({"peer", "-", "GET", 401, {}, &error, "id-1"});
  EXPECT_EQ(lines.text, "");
  EXPECT_NE(metrics.text().find("sekisho_requests_total"), std::string::npos);

  observe({"peer", "/data/{transfer}", "GET", 403, {}, &error, "id-2"});
  EXPECT_NE(lines.text.find("request.refused"), std::string::npos) << lines.text;
  EXPECT_NE(lines.text.find("id-2"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::node
