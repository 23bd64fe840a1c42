#include "schemas/mapping/mapping.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/core/limits.hpp"
#include "schemas/mapping/template.hpp"

namespace sekisho::schemas {
namespace {

constexpr std::size_t kValues = 100'000;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// One application of a template to a record.
class Writing {
 public:
  explicit Writing(const Json& record) : record_(record) {}

  // nullopt: a value is missing.
  Result<std::optional<Json>> write(const Template& part) {
    using Kind = Template::Kind;
    switch (part.kind) {
      case Kind::Literal: return taken(part.literal);
      case Kind::Object: return object(part);
      case Kind::Array: return array(part);
      case Kind::From: return from(part);
      case Kind::Text: return text(part);
    }
    return std::optional<Json>();
  }

 private:
  Result<std::optional<Json>> object(const Template& part) {
    JsonObject out;
    for (const auto& [name, inner] : part.members) {
      Result<std::optional<Json>> value = write(inner);
      if (!value) return value;
      if (*value) out[name] = std::move(**value);
    }
    return std::optional<Json>(std::move(out));
  }

  Result<std::optional<Json>> array(const Template& part) {
    JsonArray out;
    for (const auto& [name, inner] : part.members) {
      Result<std::optional<Json>> value = write(inner);
      if (!value || !*value) return value;
      out.push_back(std::move(**value));
    }
    return std::optional<Json>(std::move(out));
  }

  Result<std::optional<Json>> from(const Template& part) {
    const Json* found = value_at(record_, part.from);
    if (found == nullptr || found->is_null()) return otherwise(part);
    if (part.table) return looked_up(part, part.from, *found);
    if (part.number) return number(part, *found);
    return taken(*found);
  }

  Result<std::optional<Json>> text(const Template& part) {
    std::string out;
    for (const Template::Part& piece : part.parts) {
      out += piece.text;
      if (!piece.place) continue;
      const Json* found = value_at(record_, *piece.place);
      if (found == nullptr || found->is_null()) return otherwise(part);
      Result<std::string> said = scalar_text(*found, *piece.place);
      if (!said) return fail(said.error());
      out += part.encode ? percent_encoded(*said) : *said;
      if (out.size() > limits::kRecordBytes) return fail(over());
    }
    if (part.table) return looked_up(part, {"", {}}, Json(out));
    return taken(Json(std::move(out)));
  }

  Result<std::optional<Json>> otherwise(const Template& part) {
    if (!part.otherwise) return std::optional<Json>();
    return taken(*part.otherwise);
  }

  Result<std::optional<Json>> looked_up(const Template& part, const Pointer& at, const Json& value) {
    const Result<std::string> name = scalar_text(value, at);
    if (!name) return fail(name.error());
    const Json* known = part.table->if_contains(*name);
    if (known != nullptr) return taken(*known);
    if (!part.otherwise) return fail(misfit(at, "holds a value that the mapping does not know"));
    return taken(*part.otherwise);
  }

  Result<std::optional<Json>> number(const Template& part, const Json& value) {
    if (value.is_number()) return taken(value);
    if (!value.is_string()) return fail(misfit(part.from, "is no number"));
    const std::string_view said = value.get_string();
    if (said.empty()) return otherwise(part);
    double out = 0;
    const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), out);
    if (error != std::errc() || end != said.data() + said.size() || !std::isfinite(out))
      return fail(misfit(part.from, "is no number"));
    return taken(Json(out));
  }

  static Result<std::string> scalar_text(const Json& value, const Pointer& at) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_bool()) return std::string(value.get_bool() ? "true" : "false");
    if (value.is_int64()) return std::to_string(value.get_int64());
    if (value.is_uint64()) return std::to_string(value.get_uint64());
    if (value.is_double()) return fmt::format("{}", value.get_double());
    return fail(misfit(at, "is no scalar"));
  }

  Result<std::optional<Json>> taken(const Json& value) {
    if (!afford(value)) return fail(over());
    return std::optional<Json>(value);
  }

  // Many places may copy the same large value: what is copied is counted.
  bool afford(const Json& value) {
    if (++values_ > kValues) return false;
    if (value.is_string()) octets_ += value.get_string().size();
    if (value.is_array()) {
      for (const Json& element : value.get_array()) {
        if (!afford(element)) return false;
      }
    }
    if (value.is_object()) {
      for (const auto& member : value.get_object()) {
        octets_ += member.key().size();
        if (!afford(member.value())) return false;
      }
    }
    return octets_ <= limits::kRecordBytes;
  }

  static Error misfit(const Pointer& at, const char* why) {
    return Error(Code::JsonShape, "a record's " + at.text + " " + why).with("pointer", at.text);
  }
  static Error over() { return {Code::LimitExceeded, "a mapped record would be over the limits"}; }

  const Json& record_;
  std::size_t values_ = 0, octets_ = 0;
};

}  // namespace

Result<Mapping> Mapping::parse(const Json& document) {
  Result<Template> root = parse_template(document);
  if (!root) return fail(root.error());
  return Mapping(std::make_shared<const Template>(std::move(*root)));
}

Result<Json> Mapping::apply(const Json& record) const {
  Result<std::optional<Json>> written = Writing(record).write(*root_);
  if (!written) return fail(written.error());
  if (!*written) return fail(Code::JsonShape, "a record has nothing that the mapping asks for");
  return std::move(**written);
}

}  // namespace sekisho::schemas
