#include "node/app/observe.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/core/log.hpp"

namespace sekisho::node {
namespace {

// A handle is found once for each (listener, route, class of status); then counting takes no lock of the registry.
struct Series {
  Counter requests;
  Histogram seconds;
};

class Book {
 public:
  explicit Book(Metrics& metrics) : metrics_(metrics) {}

  void count(const Observed& seen) {
    const Series* series = find(seen);
    Series mine = *series;
    mine.requests.inc();
    mine.seconds.observe(std::chrono::duration<double>(seen.took).count());
  }

 private:
  const Series* find(const Observed& seen) {
    // A stranger's method is any word; each would be a series for ever.
    const bool known =
        seen.method == "GET" || seen.method == "POST" || seen.method == "HEAD" || seen.method == "OPTIONS";
    const std::string_view method = known ? std::string_view(seen.method) : std::string_view("other");
    const std::string status = std::to_string(seen.status / 100) + "xx";
    std::string key(seen.listener);
    key.append(1, ' ').append(method).append(1, ' ').append(seen.route).append(1, ' ').append(status);
    const std::lock_guard lock(mutex_);
    const auto found = series_.find(key);
    if (found != series_.end()) return &found->second;
    const MetricLabels labels{{"listener", std::string(seen.listener)},
                              {"method", std::string(method)},
                              {"route", std::string(seen.route)},
                              {"status", status}};
    Series made{metrics_.counter("sekisho_requests_total", labels, "Requests answered."),
                metrics_.histogram("sekisho_request_seconds", labels, Metrics::seconds_buckets(), "Time to answer.")};
    return &series_.emplace(std::move(key), made).first->second;
  }

  Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::string, Series> series_;
};

}  // namespace

Observer observer(Metrics& metrics) {
  auto book = std::make_shared<Book>(metrics);
  return [book](const Observed& seen) {
    book->count(seen);
    if (seen.error == nullptr) return;
    // Refused before a route took it: any stranger can cause that, at the rate of his handshakes.
    const auto log = seen.route == "-" ? &log_debug : &log_info;
    log("request.refused", {{"correlationId", seen.correlation_id},
                            {"listener", seen.listener},
                            {"route", seen.route},
                            {"status", seen.status},
                            {"error", seen.error->chain()}});
  };
}

}  // namespace sekisho::node
