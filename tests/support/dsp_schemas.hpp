// The published JSON Schemas of the Dataspace Protocol 2025-1 (test data, folder dsp) as a judge of what a node says.
// Their one defect, three "$ref" whose fragment lacks its slash, is read as meant (schemas/json_schema).
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "schemas/json_schema/json_schema.hpp"

namespace sekisho::test {

// Thread-safe.
class DspSchemas {
 public:
  // Null where the test data are absent. Compiled once in a process.
  [[nodiscard]] static DspSchemas* shared();

  // By its "@type". JsonShape: no message of the protocol, or not as the schema wants it; the message names type and place.
  [[nodiscard]] Status judge(std::string_view body);

  // The same, as a failure of the running test; nothing where the test data are absent.
  static void expect_valid(std::string_view who, std::string_view body);

  // Bodies judged so far, by "@type".
  [[nodiscard]] std::map<std::string, std::size_t> counted() const;

 private:
  DspSchemas() = default;
  [[nodiscard]] Status compile();

  std::map<std::string, std::shared_ptr<const schemas::JsonSchema>, std::less<>> schemas_;
  mutable std::mutex mutex_;
  std::map<std::string, std::size_t> counted_;
};

}  // namespace sekisho::test
