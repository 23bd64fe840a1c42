// The parts of a query that are easily written wrong by hand: OData options and boxes.
#include <algorithm>

#include <fmt/format.h>

#include "base/http/url.hpp"
#include "connectors/http/plan_members.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxTerms = 32;

void add_parameter(std::string& path, std::string_view name, std::string_view value) {
  path += path.find('?') == std::string::npos ? '?' : '&';
  path += name;
  path += '=';
  path += http::percent_encode(value);
}

// An OData property or a path of them; names of other scripts are names too.
bool is_property(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' ||
           u >= 0x80;
  });
}

// A literal (OData 4.01 ABNF): text in quotes, its quotes doubled.
std::string literal(const Json& value) {
  if (!value.is_string()) return value.is_double() ? fmt::format("{}", value.get_double()) : sekisho::to_text(value);
  std::string out = "'";
  for (const char c : value.get_string()) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + "'";
}

// [property, operator, value]
std::string term(const Json& value) {
  constexpr std::string_view kOperators[] = {"eq", "ne", "gt", "ge", "lt", "le"};
  if (!value.is_array() || value.get_array().size() != 3) return {};
  const JsonArray& parts = value.get_array();
  if (!parts[0].is_string() || !parts[1].is_string() || parts[2].is_structured()) return {};
  const std::string_view compare = parts[1].get_string();
  if (!is_property(parts[0].get_string()) || std::ranges::find(kOperators, compare) == std::end(kOperators)) return {};
  return fmt::format("{} {} {}", std::string_view(parts[0].get_string()), compare, literal(parts[2]));
}

void read_filter(Members& odata, std::string& path) {
  const JsonArray* terms = odata.array("filter");
  if (terms == nullptr) return;
  if (terms->empty() || terms->size() > kMaxTerms) return odata.say("filter", "must hold 1 to 32 comparisons");
  std::string all;
  for (std::size_t i = 0; i < terms->size(); ++i) {
    const std::string one = term((*terms)[i]);
    if (one.empty()) {
      return odata.say("filter/" + std::to_string(i), "must be [property, eq|ne|gt|ge|lt|le, value]");
    }
    all += (i == 0 ? "" : " and ") + one;
  }
  add_parameter(path, "$filter", all);
}

void read_names(Members& odata, std::string& path) {
  const JsonArray* names = odata.array("select");
  if (names == nullptr) return;
  if (names->empty() || names->size() > kMaxTerms) return odata.say("select", "must hold 1 to 32 properties");
  std::string all;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const Json& name = (*names)[i];
    if (!name.is_string() || !is_property(name.get_string())) {
      return odata.say("select/" + std::to_string(i), "not a property");
    }
    all += (i == 0 ? "" : ",") + std::string(name.get_string());
  }
  add_parameter(path, "$select", all);
}

void read_odata(Members& members, std::string& path) {
  const JsonObject* object = members.object("odata");
  if (object == nullptr) return;
  Members odata(*object, members.pointer("odata"), {"filter", "select", "orderby", "top"});
  read_filter(odata, path);
  read_names(odata, path);
  std::string order;
  odata.text("orderby", order);
  std::string_view property = order;
  if (property.ends_with(" desc")) property.remove_suffix(5);
  if (property.ends_with(" asc")) property.remove_suffix(4);
  if (!order.empty() && !is_property(property)) odata.say("orderby", "must be a property, with asc or desc behind it");
  if (!order.empty()) add_parameter(path, "$orderby", order);
  std::int64_t top = 0;
  odata.number("top", top, 1, 100'000);
  if (top > 0) add_parameter(path, "$top", std::to_string(top));
  members.take(odata.status());
}

double degrees(Members& box, std::string_view name, double most) {
  const Json* value = box.find(name);
  if (value == nullptr || !value->is_number()) {
    box.say(name, "must be a number of degrees");
    return 0;
  }
  const double out = value->to_number<double>();
  if (out < -most || out > most) box.say(name, fmt::format("must be from -{0} to {0}", most));
  return out;
}

void read_box(Members& members, bool latitude_first, std::string& path) {
  const JsonObject* object = members.object("bbox");
  if (object == nullptr) return;
  Members box(*object, members.pointer("bbox"), {"south", "west", "north", "east", "order", "parameter"});
  const double south = degrees(box, "south", 90);
  const double west = degrees(box, "west", 180);
  const double north = degrees(box, "north", 90);
  const double east = degrees(box, "east", 180);
  if (south > north) box.say("north", "lies south of south");
  std::string order = latitude_first ? "latitude_first" : "longitude_first";
  std::string parameter = "bbox";
  box.text("order", order);
  box.text("parameter", parameter);
  if (!is_parameter_name(parameter)) box.say("parameter", "not a name");
  const bool latitude = order == "latitude_first";
  if (!latitude && order != "longitude_first") box.say("order", "must be latitude_first or longitude_first");
  path += fmt::format("{}{}=", path.find('?') == std::string::npos ? '?' : '&', parameter);
  path += latitude ? fmt::format("{},{},{},{}", south, west, north, east)
                   : fmt::format("{},{},{},{}", west, south, east, north);
  members.take(box.status());
}

}  // namespace

void read_query(Members& members, bool latitude_first, std::string& path) {
  read_odata(members, path);
  read_box(members, latitude_first, path);
}

}  // namespace sekisho::connectors
