#include "policy/field_op.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace sekisho::policy {
namespace {

using Kind = FieldOp::Kind;
using Family = FieldOp::Family;

constexpr std::array<std::string_view, 3> kDates{"day", "month", "year"};

FieldOp of_kind(Kind kind) {
  FieldOp op;
  op.kind = kind;
  return op;
}

FieldOp generalise(Family family, std::uint64_t level) {
  FieldOp op = of_kind(Kind::Generalise);
  op.family = family;
  op.level = level;
  return op;
}

unsigned rank(const FieldOp& op) {
  switch (op.kind) {
    case Kind::Keep: return 0;
    case Kind::Round: return 1;
    case Kind::Generalise: return op.family == Family::None ? 3 : 2;
    case Kind::Mask:
    case Kind::Pseudonym: return 2;
    case Kind::Redact: return 4;
    case Kind::Drop: break;
  }
  return 5;
}

FieldOp wider(const FieldOp& a, const FieldOp& b) {
  if (a.family != b.family) return of_kind(Kind::Generalise);
  switch (a.family) {
    case Family::Prefix: return a.level < b.level ? a : b;
    case Family::Band: {
      // Both hide only in a common multiple: the boundaries of each are then still boundaries.
      const std::uint64_t common = a.level / std::gcd(a.level, b.level) * b.level;
      return common > kBandMax ? of_kind(Kind::Generalise) : generalise(Family::Band, common);
    }
    default: return a.level > b.level ? a : b;
  }
}

bool plain_text(const Json& value, std::string& out) {
  if (!value.is_string()) return false;
  out = std::string_view(value.get_string());
  return !out.empty() && out.size() <= kOpTextMax &&
         std::ranges::all_of(out, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool number(const Json& value, std::uint64_t least, std::uint64_t most, std::uint64_t& out) {
  if (!value.is_int64() || value.get_int64() < 0) return false;
  out = static_cast<std::uint64_t>(value.get_int64());
  return out >= least && out <= most;
}

bool read_generalise(const JsonObject& object, FieldOp& op) {
  const Json& what = *object.if_contains("generalise");
  op = of_kind(Kind::Generalise);
  if (what.is_string()) {
    const std::string_view level(what.get_string());
    if (level == "none") return object.size() == 1;
    const auto found = std::ranges::find(kDates, level);
    if (found == kDates.end()) return false;
    op = generalise(Family::Date, static_cast<std::uint64_t>(found - kDates.begin()));
    if (object.size() == 1) return true;
    const Json* as = object.if_contains("as");
    op.family = Family::Instant;
    return object.size() == 2 && as != nullptr && as->is_string() && std::string_view(as->get_string()) == "instant";
  }
  if (!what.is_object() || what.get_object().size() != 1 || object.size() != 1) return false;
  if (const Json* band = what.get_object().if_contains("band")) {
    op.family = Family::Band;
    return number(*band, 1, kBandMax, op.level);
  }
  const Json* prefix = what.get_object().if_contains("prefix");
  op.family = Family::Prefix;
  return prefix != nullptr && number(*prefix, 0, kPrefixMax, op.level);
}

bool read(const Json& value, FieldOp& op) {
  if (value.is_string()) {
    const std::string_view word(value.get_string());
    if (word == "keep") op = of_kind(Kind::Keep);
    if (word == "drop") op = of_kind(Kind::Drop);
    if (word == "redact") op = of_kind(Kind::Redact);
    return word == "keep" || word == "drop" || word == "redact";
  }
  if (!value.is_object()) return false;
  const JsonObject& object = value.get_object();
  if (object.if_contains("generalise") != nullptr) return read_generalise(object, op);
  if (const Json* name = object.if_contains("pseudonym")) {
    op = of_kind(Kind::Pseudonym);
    if (!plain_text(*name, op.text)) return false;
    if (object.size() == 1) return true;
    const Json* reference = object.if_contains("reference");
    if (object.size() != 2 || reference == nullptr || !reference->is_bool()) return false;
    op.reference = reference->get_bool();
    return true;
  }
  if (object.size() != 1) return false;
  if (const Json* text = object.if_contains("redact")) {
    op = of_kind(Kind::Redact);
    return plain_text(*text, op.text);
  }
  if (const Json* decimals = object.if_contains("round")) {
    op = of_kind(Kind::Round);
    return number(*decimals, 0, kDecimalsMax, op.level);
  }
  const Json* mask = object.if_contains("mask");
  std::uint64_t shown = 0;
  if (mask == nullptr || !number(*mask, 0, kMaskMax, shown)) return false;
  op = of_kind(Kind::Mask);
  op.shown = static_cast<unsigned>(shown);
  return true;
}

}  // namespace

FieldOp stronger(const FieldOp& a, const FieldOp& b) {
  if (rank(a) != rank(b)) return rank(a) > rank(b) ? a : b;
  if (a == b) return a;
  switch (a.kind) {
    case Kind::Round: return a.level < b.level ? a : b;
    case Kind::Redact: return of_kind(Kind::Redact);
    case Kind::Mask:
      if (b.kind == Kind::Mask) return a.shown < b.shown ? a : b;
      break;
    case Kind::Generalise:
      if (b.kind == Kind::Generalise) return wider(a, b);
      break;
    default: break;
  }
  return of_kind(Kind::Generalise);
}

Result<FieldOp> field_op_from_json(const Json& value) {
  FieldOp op;
  if (!read(value, op)) return fail(Code::InvalidArgument, "no operation of a view");
  return op;
}

Json to_json(const FieldOp& op) {
  switch (op.kind) {
    case Kind::Keep: return "keep";
    case Kind::Drop: return "drop";
    case Kind::Redact: return op.text.empty() ? Json("redact") : Json(JsonObject{{"redact", op.text}});
    case Kind::Mask: return JsonObject{{"mask", std::int64_t{op.shown}}};
    case Kind::Round: return JsonObject{{"round", static_cast<std::int64_t>(op.level)}};
    case Kind::Pseudonym: {
      JsonObject out{{"pseudonym", op.text}};
      if (op.reference) out["reference"] = true;
      return out;
    }
    case Kind::Generalise: break;
  }
  const auto level = static_cast<std::int64_t>(op.level);
  switch (op.family) {
    case Family::None: return JsonObject{{"generalise", "none"}};
    case Family::Band: return JsonObject{{"generalise", JsonObject{{"band", level}}}};
    case Family::Prefix: return JsonObject{{"generalise", JsonObject{{"prefix", level}}}};
    default: break;
  }
  JsonObject out{{"generalise", kDates.at(op.level)}};
  if (op.family == Family::Instant) out["as"] = "instant";
  return out;
}

}  // namespace sekisho::policy
