#include "schemas/json_schema/identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sekisho::schemas {
namespace {

void append(const Json& value, std::string& to) {
  switch (value.kind()) {
    case boost::json::kind::int64: fmt::format_to(std::back_inserter(to), "{}", value.get_int64()); return;
    case boost::json::kind::uint64: fmt::format_to(std::back_inserter(to), "{}", value.get_uint64()); return;
    case boost::json::kind::double_: {
      const double d = value.get_double();
      if (std::nearbyint(d) == d && std::abs(d) < 9e18) {
        fmt::format_to(std::back_inserter(to), "{}", static_cast<std::int64_t>(d));
      } else {
        fmt::format_to(std::back_inserter(to), "{:.17g}", d);
      }
      return;
    }
    case boost::json::kind::array:
      to += '[';
      for (const Json& item : value.get_array()) {
        append(item, to);
        to += ',';
      }
      to += ']';
      return;
    case boost::json::kind::object: {
      std::vector<const JsonObject::value_type*> members;
      for (const auto& member : value.get_object()) members.push_back(&member);
      std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
      to += '{';
      for (const auto* member : members) {
        to += to_text(Json(member->key()));
        to += ':';
        append(member->value(), to);
        to += ',';
      }
      to += '}';
      return;
    }
    default: to += to_text(value); return;
  }
}

}  // namespace

std::string identity(const Json& value) {
  std::string text;
  append(value, text);
  return text;
}

}  // namespace sekisho::schemas
