#include "schemas/epcis/units.hpp"

#include <algorithm>

namespace sekisho::schemas::epcis {
namespace {

// value in the kind's base unit = value × factor + offset
struct Unit {
  std::string_view code;
  char kind;  // temperature, mass, length, volume, relative humidity, pressure, time, acceleration
  double factor;
  double offset;
};

constexpr Unit kUnits[] = {
    {"KEL", 'T', 1, 0},    {"CEL", 'T', 1, 273.15},     {"FAH", 'T', 5.0 / 9.0, 459.67 * 5.0 / 9.0},
    {"KGM", 'm', 1, 0},    {"GRM", 'm', 1e-3, 0},       {"MGM", 'm', 1e-6, 0},
    {"TNE", 'm', 1e3, 0},  {"LBR", 'm', 0.45359237, 0}, {"ONZ", 'm', 0.028349523125, 0},
    {"MTR", 'l', 1, 0},    {"CMT", 'l', 1e-2, 0},       {"MMT", 'l', 1e-3, 0},
    {"KMT", 'l', 1e3, 0},  {"INH", 'l', 0.0254, 0},     {"FOT", 'l', 0.3048, 0},
    {"LTR", 'v', 1, 0},    {"MLT", 'v', 1e-3, 0},       {"MTQ", 'v', 1e3, 0},
    {"P1", 'h', 1, 0},     {"A93", 'c', 1, 0},          {"GQ", 'c', 1e-6, 0},
    {"PAL", 'p', 1, 0},    {"KPA", 'p', 1e3, 0},        {"BAR", 'p', 1e5, 0},
    {"MBR", 'p', 100, 0},  {"SEC", 't', 1, 0},          {"MIN", 't', 60, 0},
    {"HUR", 't', 3600, 0}, {"MSK", 'a', 1, 0},          {"K40", 'a', 9.80665, 0},
};

const Unit* find(std::string_view code) {
  const auto* found = std::ranges::find(kUnits, code, &Unit::code);
  return found == std::end(kUnits) ? nullptr : found;
}

}  // namespace

std::optional<double> convert(double value, std::string_view from, std::string_view to) {
  if (from == to) return value;
  const Unit* a = find(from);
  const Unit* b = find(to);
  if (a == nullptr || b == nullptr || a->kind != b->kind) return std::nullopt;
  return (value * a->factor + a->offset - b->offset) / b->factor;
}

}  // namespace sekisho::schemas::epcis
