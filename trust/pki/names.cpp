#include "trust/pki/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sekisho::trust {

namespace {

constexpr std::array kLevels = {Assurance::Low, Assurance::Substantial};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  // Internationalised labels look like others and hide in logs; zones name their nodes in ASCII.
  if (label.starts_with("xn--")) return false;
  return std::ranges::all_of(label, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

}  // namespace

std::string_view name_of(Assurance level) { return level == Assurance::Low ? "low" : "substantial"; }

Result<Assurance> assurance_from_text(std::string_view text) {
  for (const Assurance level : kLevels) {
    if (text == name_of(level)) return level;
  }
  return fail(Code::InvalidArgument, "a level is low or substantial");
}

std::string_view name_of(Use use) {
  switch (use) {
    case Use::TlsClient: return "tls client";
    case Use::TlsServer: return "tls server";
    case Use::Statement: return "statement";
  }
  return "unknown";
}

bool is_zone_id(std::string_view zone) {
  if (zone.empty() || zone.size() > 8 || !is_lower(zone.front()) || zone.back() == '-') return false;
  return std::ranges::all_of(zone, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t labels = 0;
  std::string_view last;
  while (true) {
    const std::size_t dot = name.find('.');
    last = name.substr(0, dot);
    if (!is_label(last)) return false;
    ++labels;
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  return labels >= 2 && !std::ranges::all_of(last, is_digit);
}

std::string did_web(std::string_view dns) { return "did:web:" + std::string(dns); }

bool within_suffix(std::string_view name, std::string_view suffix) {
  if (name == suffix) return true;
  return name.size() > suffix.size() + 1 && name.ends_with(suffix) && name[name.size() - suffix.size() - 1] == '.';
}

std::string policy_oid(std::string_view zone, Use use, Assurance level) {
  std::uint64_t arc = 0;
  for (const char c : zone.substr(0, 8)) arc = (arc << 8) | static_cast<std::uint8_t>(c);
  return fmt::format("{}.{}.{}.{}", kPolicyArc, use == Use::Statement ? 2 : 1, arc, static_cast<int>(level));
}

std::vector<std::string> policy_oids(std::string_view zone, Use use, Assurance at_least) {
  std::vector<std::string> out;
  for (const Assurance level : kLevels) {
    if (level >= at_least) out.push_back(policy_oid(zone, use, level));
  }
  return out;
}

std::optional<Assurance> assurance_of(std::string_view zone, Use use, std::string_view oid) {
  for (const Assurance level : kLevels) {
    if (oid == policy_oid(zone, use, level)) return level;
  }
  return std::nullopt;
}

}  // namespace sekisho::trust
