// A load client that is the same for every server it measures: N keep-alive connections of TLS 1.3 with a client
// certificate on one thread (epoll), one request in flight on each, answers framed by Content-Length.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.hpp"

namespace sekisho::bench {

struct LoadOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string server_name;       // SNI
  std::string certificate_file;  // PEM chain; empty: none is presented
  std::string key_file;
  std::size_t connections = 1;
  std::chrono::milliseconds warm_up{500};
  std::chrono::milliseconds duration{3000};
  std::size_t most_requests = 0;  // 0: no limit but the duration
};

struct LoadReport {
  std::uint64_t answers = 0;      // in the measured time
  std::uint64_t all_answers = 0;  // with those of the warm-up
  std::uint64_t refused = 0;      // answers whose status was not 200
  double seconds = 0;
  std::vector<std::uint32_t> latencies_us;  // of the measured answers
  std::string first_refusal;

  [[nodiscard]] double per_second() const { return seconds > 0 ? static_cast<double>(answers) / seconds : 0; }
  [[nodiscard]] double percentile_ms(double p);  // sorts the latencies
};

struct LoadAnswer {
  int status = 0;
  std::string_view header;  // with the blank line
  std::string_view body;
  std::size_t connection = 0;
};

// make appends one whole request; sees every answer, also those of the warm-up.
[[nodiscard]] Result<LoadReport> run_load(const LoadOptions& options,
                                          const std::function<void(std::size_t connection, std::string& out)>& make,
                                          const std::function<void(const LoadAnswer&)>& see);

// The value of a header of an answer, or empty.
[[nodiscard]] std::string_view header_value(std::string_view header, std::string_view name);

}  // namespace sekisho::bench
