// Counters, gauges and histograms, and their text for Prometheus.
//
// A handle is found once (that takes a lock) and used often (that takes none): keep it in a member. Handles are cheap
// to copy and stay valid as long as their Metrics. Beyond limits::kMetricSeries label sets of one name, further sets
// share the series whose label values are all "other". Thread-safe.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sekisho {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void inc(double by = 1);  // never negative
  [[nodiscard]] double value() const;

 private:
  friend class Metrics;
  explicit Counter(void* series) : series_(series) {}
  void* series_;
};

class Gauge {
 public:
  void set(double value);
  void add(double by);
  [[nodiscard]] double value() const;

 private:
  friend class Metrics;
  explicit Gauge(void* series) : series_(series) {}
  void* series_;
};

class Histogram {
 public:
  void observe(double value);

 private:
  friend class Metrics;
  explicit Histogram(void* series) : series_(series) {}
  void* series_;
};

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  // name: [a-z_]+ with its unit last ("sekisho_exchange_seconds", "sekisho_requests_total"). One name has one kind and
  // one help text; a second kind under a name throws std::invalid_argument (a bug).
  [[nodiscard]] Counter counter(std::string_view name, const MetricLabels& labels = {}, std::string_view help = {});
  [[nodiscard]] Gauge gauge(std::string_view name, const MetricLabels& labels = {}, std::string_view help = {});
  // Upper bounds of the buckets, ascending; by default seconds from 1 ms to 10 s.
  [[nodiscard]] Histogram histogram(std::string_view name, const MetricLabels& labels = {},
                                    std::vector<double> bounds = seconds_buckets(), std::string_view help = {});

  [[nodiscard]] static std::vector<double> seconds_buckets();

  // Prometheus text exposition 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sekisho
