// Prints, as Markdown, the tables of the code that documents repeat: doc_tables errors | settings | verdicts.
// scripts/gen_docs.py writes them into docs/; a test fails when a document differs from what this prints.
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/core/error_codes.hpp"
#include "node/config/definition.hpp"
#include "trust/evidence/verdict.hpp"

namespace {

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<') out += '\\';
    out += c;
  }
  return out.empty() ? "–" : out;
}

std::string errors() {
  std::string out = "| code | HTTP | meaning | what to do |\n|---|---|---|---|\n";
  for (const auto& row : sekisho::kCodeTable) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.name, row.http, cell(row.title), cell(row.mend));
  }
  return out;
}

std::string settings() {
  std::string out = "| setting | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& row : sekisho::node::setting_rows()) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.key, cell(row.type),
                       row.required ? "required" : cell(row.fallback), cell(row.meaning));
  }
  return out;
}

std::string verdicts() {
  std::string out = "| verdict | exit code | says |\n|---|---|---|\n";
  for (const auto& row : sekisho::trust::kVerdictTable) {
    out += fmt::format("| `{}` | {} | {} |\n", row.name, row.exit_code, cell(row.meaning));
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view table = argc == 2 ? argv[1] : "";
  if (table == "errors") {
    fmt::print("{}", errors());
  } else if (table == "settings") {
    fmt::print("{}", settings());
  } else if (table == "verdicts") {
    fmt::print("{}", verdicts());
  } else {
    fmt::print(stderr, "usage: doc_tables errors|settings|verdicts\n");
    return 2;
  }
  return 0;
}
