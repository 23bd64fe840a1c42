#include "node/exchange/media.hpp"

#include <string>

namespace sekisho::node {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

bool excluded(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto end = parameters.find(';');
    const std::string one = lower(trim(parameters.substr(0, end)));
    if (one == "q=0" || one == "q=0.0" || one == "q=0.00" || one == "q=0.000") return true;
    if (end == std::string_view::npos) break;
    parameters.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

bool accepts(std::string_view accept, std::string_view media) {
  if (trim(accept).empty()) return true;
  const std::string wanted = lower(trim(media.substr(0, media.find(';'))));
  const std::string any_subtype = wanted.substr(0, wanted.find('/')) + "/*";
  // The most specific range decides (3: the type, 2: type/*, 1: */*).
  int best = 0;
  bool taken = false;
  while (!accept.empty()) {
    const auto end = accept.find(',');
    const std::string_view range = accept.substr(0, end);
    const auto semicolon = range.find(';');
    const std::string type = lower(trim(range.substr(0, semicolon)));
    const int rank = type == wanted ? 3 : type == any_subtype ? 2 : type == "*/*" ? 1 : 0;
    if (rank > best) {
      best = rank;
      taken = semicolon == std::string_view::npos || !excluded(range.substr(semicolon + 1));
    }
    if (end == std::string_view::npos) break;
    accept.remove_prefix(end + 1);
  }
  return best > 0 && taken;
}

}  // namespace sekisho::node
