// The two readers of a declared stream: page by page, or one body in constant memory.
#pragma once

#include "connectors/connector.hpp"
#include "connectors/http/caller.hpp"
#include "connectors/http/health_book.hpp"
#include "connectors/http/long_position.hpp"
#include "connectors/http/pages.hpp"

namespace sekisho::connectors {

struct PlanReaderParts {
  StreamPlan stream;
  AuthPlan auth;
  std::shared_ptr<Caller> caller;
  std::shared_ptr<HealthBook> book;
};

// Whether a stream is one body: opaque octets, or NDJSON without a paginator or job.
[[nodiscard]] bool is_long(const StreamPlan& stream);

[[nodiscard]] std::unique_ptr<Reader> make_page_reader(PlanReaderParts parts, Position start);
[[nodiscard]] std::unique_ptr<Reader> make_long_reader(PlanReaderParts parts, LongPosition start);

}  // namespace sekisho::connectors
