#include "base/core/metrics.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/core/limits.hpp"

namespace sekisho {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Metrics, WritesPrometheusText) {
  Metrics metrics;
  Counter requests = metrics.counter("sekisho_requests_total", {{"route", "/data"}}, "Requests.");
  requests.inc();
  requests.inc(2);
  metrics.gauge("sekisho_connections").set(5);
  metrics.histogram("sekisho_exchange_seconds", {}, {0.1, 1}).observe(0.5);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("# HELP sekisho_requests_total Requests."), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE sekisho_requests_total counter"), std::string::npos);
  EXPECT_NE(text.find("sekisho_requests_total{route=\"/data\"} 3"), std::string::npos) << text;
  EXPECT_NE(text.find("sekisho_connections 5"), std::string::npos);
  EXPECT_NE(text.find("sekisho_exchange_seconds_bucket{le=\"0.1\"} 0"), std::string::npos);
  EXPECT_NE(text.find("sekisho_exchange_seconds_bucket{le=\"1\"} 1"), std::string::npos);
  EXPECT_NE(text.find("sekisho_exchange_seconds_count 1"), std::string::npos);
}

TEST(Metrics, TheSameLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.counter("a_total", {{"x", "1"}}).inc();
  metrics.counter("a_total", {{"x", "1"}}).inc();
  metrics.counter("a_total", {{"x", "2"}}).inc();
  EXPECT_EQ(metrics.counter("a_total", {{"x", "1"}}).value(), 2);
  Gauge gauge = metrics.gauge("g");
  gauge.set(4);
  gauge.add(-1.5);
  EXPECT_EQ(metrics.gauge("g").value(), 2.5);
}

TEST(Metrics, PeersCannotMakeEndlessSeries) {
  Metrics metrics;
  for (std::size_t i = 0; i < limits::kMetricSeries + 50; ++i)
    metrics.counter("p_total", {{"peer", std::to_string(i)}}).inc();
  EXPECT_EQ(count(metrics.text(), "p_total{"), limits::kMetricSeries + 1);
  EXPECT_EQ(metrics.counter("p_total", {{"peer", "never seen"}}).value(), 50);
  EXPECT_EQ(metrics.counter("p_total", {{"peer", "7"}}).value(), 1);
}

TEST(Metrics, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.counter("e_total", {{"v", "a\"b\n\\"}}).inc();
  EXPECT_NE(metrics.text().find(R"(e_total{v="a\"b\n\\"} 1)"), std::string::npos) << metrics.text();
}

TEST(Metrics, ANameHasOneKind) {
  Metrics metrics;
  metrics.counter("k").inc();
  EXPECT_THROW(static_cast<void>(metrics.gauge("k")), std::invalid_argument);
}

}  // namespace
}  // namespace sekisho
