// How every command ends: facts on standard output (text, or one JSON object with --json), an error on standard error
// ("CODE: message", help, correlation id), and an exit code: 0 good, 1 refused or failed, 2 usage.
#pragma once

#include <string>
#include <string_view>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::cli {

inline constexpr int kGood = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

// json: the error as one object on standard output, for scripts.
int report(const Error& error, bool json);

// For the terminal: what a peer wrote must not move the cursor or change colours.
[[nodiscard]] std::string printable(std::string_view text);
// The member's text, printable; empty where there is none.
[[nodiscard]] std::string printable_member(const JsonObject& row, const char* name);

// "name: value" lines; nested objects are indented.
void print_facts(const JsonObject& facts, int indent = 0);

}  // namespace sekisho::cli
