#include "cli/output.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace sekisho::cli {

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string printable_member(const JsonObject& row, const char* name) {
  return printable(get_string(row, name).value_or(""));
}

int report(const Error& error, bool json) {
  if (json) {
    JsonObject out{{"code", error.name()}, {"message", error.message}, {"mend", code_info(error.code).mend}};
    for (const auto& [name, value] : error.help) out[name] = value;
    fmt::print("{}\n", to_text(Json(std::move(out))));
  }
  fmt::print(stderr, "{}\n", error.chain());
  for (const auto& [name, value] : error.help) fmt::print(stderr, "{}: {}\n", printable(name), printable(value));
  fmt::print(stderr, "mend: {}\n", code_info(error.code).mend);
  return kFailed;
}

void print_facts(const JsonObject& facts, int indent) {
  for (const auto& member : facts) {
    const std::string name(member.key());
    if (member.value().is_object()) {
      fmt::print("{:{}}{}:\n", "", indent, name);
      print_facts(member.value().get_object(), indent + 2);
    } else if (member.value().is_string()) {
      fmt::print("{:{}}{}: {}\n", "", indent, printable(name), printable(member.value().get_string()));
    } else {
      fmt::print("{:{}}{}: {}\n", "", indent, name, to_text(member.value()));
    }
  }
}

}  // namespace sekisho::cli
