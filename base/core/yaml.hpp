// Strict YAML for files that people write, as the JSON value (the project's one document type).
//
// A subset of YAML 1.2 in which every text has one reading: one document of maps, sequences and scalars, typed by the
// JSON schema's rules (null, true, false, JSON numbers; everything else, and everything quoted, is a string).
// Refused: anchors, aliases, tags, directives, merge keys, several documents, duplicate or non-string keys, tabs and
// other control characters, invalid UTF-8, integers beyond 2^53, and plain scalars that YAML 1.1 readers would take
// for something else (yes, no, on, off, ~, 0x1F, 010, 1_000, .inf, 12:30:45): quote them.
//
// Errors are Code::YamlSyntax with "line L, column C" in the message and the help members "line" and "column".
// Pure; callable from every thread.
#pragma once

#include <string_view>

#include "base/core/json.hpp"

namespace sekisho {

[[nodiscard]] Result<Json> parse_yaml(std::string_view text, const JsonLimits& limits = {});

}  // namespace sekisho
