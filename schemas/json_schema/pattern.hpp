// ECMA-262 regular expressions of schemas on RE2: linear time, bounded memory.
//
// Translated: \uXXXX, \cX, [^], ECMA's white space. A negative look-ahead is understood in the one place where two
// expressions say the same: at the very beginning, "^(?!X)rest". Other look-around and back-references are refused.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/result.hpp"

namespace sekisho::schemas {

class Pattern {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Pattern>> compile(std::string_view expression);
  [[nodiscard]] bool found_in(std::string_view text) const;
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

 private:
  struct Programs;
  explicit Pattern(std::unique_ptr<Programs> programs);
  std::unique_ptr<Programs> programs_;
};

}  // namespace sekisho::schemas
