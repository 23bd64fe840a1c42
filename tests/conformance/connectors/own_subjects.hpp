// The subjects of Sekisho's own connectors.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/connectors/kit.hpp"

namespace sekisho::conformance {

// A file and a directory of NDJSON, and opaque octets.
[[nodiscard]] std::vector<std::unique_ptr<Subject>> file_subjects();
// One answer, and declared streams with each paginator.
[[nodiscard]] std::vector<std::unique_ptr<Subject>> http_subjects();
[[nodiscard]] std::unique_ptr<Subject> mqtt_subject();

[[nodiscard]] std::vector<std::unique_ptr<Subject>> own_subjects();

// Checks that fail today, with what is wrong. They stay FAILED in the table; the test run goes on.
struct KnownDefect {
  std::string subject;  // begin of its name
  Check check;
  std::string reason;
};
[[nodiscard]] std::vector<KnownDefect> known_defects();

}  // namespace sekisho::conformance
