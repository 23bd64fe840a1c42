// The table of connectors and checks, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "tests/conformance/connectors/kit.hpp"

namespace sekisho::conformance {

struct Count {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t not_applicable = 0;
};

[[nodiscard]] Count count(const std::vector<Row>& rows);
// One line for each check, one column for each connector, then every failure and every reason for "n/a", then the
// count.
[[nodiscard]] std::string as_table(const std::vector<Row>& rows);
[[nodiscard]] std::string as_json(const std::vector<Row>& rows, const Sizes& sizes);

}  // namespace sekisho::conformance
