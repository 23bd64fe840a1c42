#include "base/core/metrics.hpp"

#include <map>
#include <mutex>
#include <stdexcept>
#include <variant>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/core/limits.hpp"

namespace sekisho {
namespace {

prometheus::Labels convert(const MetricLabels& labels) { return {labels.begin(), labels.end()}; }

template <class Builder>
auto* add_family(Builder builder, std::string_view name, std::string_view help, prometheus::Registry& registry) {
  return &builder.Name(std::string(name)).Help(std::string(help)).Register(registry);
}

}  // namespace

struct Metrics::State {
  using AnyFamily = std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                                 prometheus::Family<prometheus::Histogram>*>;
  struct Named {
    AnyFamily family;
    std::size_t series = 0;
  };

  // Finds or adds the series; arguments beyond the labels go to the metric's constructor.
  template <class Metric, class Builder, class... Rest>
  void* series(Builder builder, std::string_view name, const MetricLabels& labels, std::string_view help,
               const Rest&... rest) {
    const std::lock_guard lock(mutex);
    auto it = names.find(name);
    if (it == names.end()) {
      it = names.emplace(std::string(name), Named{add_family(std::move(builder), name, help, registry)}).first;
    }
    Named& named = it->second;
    auto** family = std::get_if<prometheus::Family<Metric>*>(&named.family);
    if (family == nullptr) throw std::invalid_argument("metric " + it->first + " has another kind");
    prometheus::Labels wanted = convert(labels);
    if (!(*family)->Has(wanted)) {
      if (named.series >= limits::kMetricSeries) {
        for (auto& label : wanted) label.second = "other";
      } else {
        ++named.series;
      }
    }
    return &(*family)->Add(wanted, rest...);
  }

  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, Named, std::less<>> names;
};

void Counter::inc(double by) { static_cast<prometheus::Counter*>(series_)->Increment(by); }
double Counter::value() const { return static_cast<prometheus::Counter*>(series_)->Value(); }
void Gauge::set(double value) { static_cast<prometheus::Gauge*>(series_)->Set(value); }
void Gauge::add(double by) { static_cast<prometheus::Gauge*>(series_)->Increment(by); }
double Gauge::value() const { return static_cast<prometheus::Gauge*>(series_)->Value(); }
void Histogram::observe(double value) { static_cast<prometheus::Histogram*>(series_)->Observe(value); }

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(std::string_view name, const MetricLabels& labels, std::string_view help) {
  return Counter(state_->series<prometheus::Counter>(prometheus::BuildCounter(), name, labels, help));
}

Gauge Metrics::gauge(std::string_view name, const MetricLabels& labels, std::string_view help) {
  return Gauge(state_->series<prometheus::Gauge>(prometheus::BuildGauge(), name, labels, help));
}

Histogram Metrics::histogram(std::string_view name, const MetricLabels& labels, std::vector<double> bounds,
                             std::string_view help) {
  return Histogram(state_->series<prometheus::Histogram>(prometheus::BuildHistogram(), name, labels, help, bounds));
}

std::vector<double> Metrics::seconds_buckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(state_->registry.Collect()); }

}  // namespace sekisho
