#include "node/journal/origin.hpp"

#include "trust/log/checkpoint.hpp"

namespace sekisho::node {

std::string log_origin(std::string_view dns, Instant at) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  trust::LogOrigin origin;
  origin.dns = dns;
  origin.year = static_cast<int>(date.year());
  origin.half = static_cast<unsigned>(date.month()) <= 6 ? 1 : 2;
  return origin.text();
}

Result<std::string> successor_origin(std::string_view origin) {
  Result<trust::LogOrigin> parsed = trust::parse_log_origin(origin);
  if (!parsed) return fail(parsed.error());
  ++parsed->successor;
  return parsed->text();
}

Result<std::string> origin_host(std::string_view origin) {
  Result<trust::LogOrigin> parsed = trust::parse_log_origin(origin);
  if (!parsed) return fail(parsed.error());
  return parsed->dns;
}

}  // namespace sekisho::node
