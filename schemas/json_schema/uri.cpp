#include "schemas/json_schema/uri.hpp"

#include <vector>

namespace sekisho::schemas {
namespace {

struct Parts {
  std::string_view scheme, authority, path, query;  // scheme with ':', authority with "//", query with '?'
};

Parts parts_of(std::string_view uri) {
  Parts parts;
  const std::size_t colon = uri.find(':');
  if (colon != std::string_view::npos && colon > 0 && uri.find_first_of("/?") > colon) {
    parts.scheme = uri.substr(0, colon + 1);
    uri.remove_prefix(colon + 1);
  }
  if (uri.starts_with("//")) {
    const std::size_t end = uri.find_first_of("/?", 2);
    parts.authority = uri.substr(0, end);
    uri.remove_prefix(parts.authority.size());
  }
  const std::size_t query = uri.find('?');
  parts.path = uri.substr(0, query);
  if (query != std::string_view::npos) parts.query = uri.substr(query);
  return parts;
}

std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool rooted = path.starts_with('/');
  if (rooted) path.remove_prefix(1);
  bool folder = false;
  for (bool more = true; more;) {
    const std::size_t slash = path.find('/');
    const std::string_view step = path.substr(0, slash);
    more = slash != std::string_view::npos;
    if (more) path.remove_prefix(slash + 1);
    folder = step == "." || step == "..";
    if (step == ".." && !kept.empty()) kept.pop_back();
    if (!folder) kept.push_back(step);
  }
  std::string text = rooted ? "/" : "";
  for (std::size_t i = 0; i < kept.size(); ++i) text.append(i == 0 ? "" : "/").append(kept[i]);
  if (folder && !kept.empty()) text += '/';
  return text;
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::pair<std::string_view, std::string_view> split_fragment(std::string_view uri) {
  const std::size_t hash = uri.find('#');
  if (hash == std::string_view::npos) return {uri, {}};
  return {uri.substr(0, hash), uri.substr(hash + 1)};
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  base = split_fragment(base).first;
  const auto [bare, fragment] = split_fragment(reference);
  const std::string tail = fragment.empty() ? std::string() : "#" + std::string(fragment);
  if (bare.empty()) return std::string(base) + tail;
  const Parts to = parts_of(bare);
  if (!to.scheme.empty()) return std::string(bare) + tail;
  const Parts from = parts_of(base);
  std::string text(from.scheme);
  if (!to.authority.empty()) return text + std::string(bare) + tail;
  text += from.authority;
  if (to.path.empty()) return text + std::string(from.path) + std::string(to.query) + tail;
  if (to.path.starts_with('/')) return text + without_dots(to.path) + std::string(to.query) + tail;
  std::string joined(from.path.substr(0, from.path.rfind('/') + 1));
  if (joined.empty() && !from.authority.empty()) joined = "/";
  return text + without_dots(joined + std::string(to.path)) + std::string(to.query) + tail;
}

std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    plain += escape ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return plain;
}

std::string pointer_unescaped(std::string_view step) {
  std::string plain;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escape = step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
    plain += escape ? (step[i + 1] == '1' ? '/' : '~') : step[i];
    if (escape) ++i;
  }
  return plain;
}

std::string pointer_escaped(std::string_view step) {
  std::string text;
  for (const char c : step) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace sekisho::schemas
