#include "schemas/mapping/template.hpp"

#include <algorithm>

namespace sekisho::schemas {
namespace {

constexpr std::size_t kDepth = 16;
constexpr std::size_t kValues = 2048;
constexpr std::size_t kText = 1024;

std::unexpected<Error> refuse(const std::string& pointer, const std::string& why) {
  return fail(Error(Code::JsonShape, "mapping, " + pointer + ": " + why).with("pointer", pointer));
}

std::optional<Pointer> parse_pointer(std::string_view text) {
  Pointer out{std::string(text), {}};
  while (!text.empty()) {
    if (text.front() != '/') return std::nullopt;
    text.remove_prefix(1);
    const std::string_view raw = text.substr(0, text.find('/'));
    text.remove_prefix(raw.size());
    std::string token;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '~') {
        token += raw[i];
        continue;
      }
      if (++i >= raw.size() || (raw[i] != '0' && raw[i] != '1')) return std::nullopt;
      token += raw[i] == '1' ? '/' : '~';
    }
    out.tokens.push_back(std::move(token));
  }
  return out;
}

class Parser {
 public:
  Result<Template> parse(const Json& value, const std::string& at, std::size_t depth) {
    if (depth > kDepth || ++values_ > kValues) return refuse(at, "is too deep or too large");
    if (value.is_object()) {
      const JsonObject& object = value.get_object();
      const bool place = std::ranges::any_of(object, [](const auto& member) { return member.key().starts_with('$'); });
      return place ? parse_place(object, at) : parse_object(object, at, depth);
    }
    if (value.is_array()) return parse_array(value.get_array(), at, depth);
    Template out;
    out.literal = value;
    return out;
  }

 private:
  Result<Template> parse_object(const JsonObject& object, const std::string& at, std::size_t depth) {
    Template out;
    out.kind = Template::Kind::Object;
    for (const auto& member : object) {
      const std::string name(member.key());
      Result<Template> inner = parse(member.value(), at + "/" + name, depth + 1);
      if (!inner) return inner;
      out.members.emplace_back(name, std::move(*inner));
    }
    return out;
  }

  Result<Template> parse_array(const JsonArray& array, const std::string& at, std::size_t depth) {
    Template out;
    out.kind = Template::Kind::Array;
    for (std::size_t i = 0; i < array.size(); ++i) {
      Result<Template> inner = parse(array[i], at + "/" + std::to_string(i), depth + 1);
      if (!inner) return inner;
      out.members.emplace_back(std::string(), std::move(*inner));
    }
    return out;
  }

  static Result<Template> parse_place(const JsonObject& object, const std::string& at) {
    Template out;
    std::size_t kinds = 0;
    for (const auto& member : object) {
      const std::string_view name = member.key();
      const std::string here = at + "/" + std::string(name);
      Status read;
      if (name == "$from" || name == "$text" || name == "$uri") {
        ++kinds;
        read = name == "$from" ? read_from(member.value(), here, out)
                               : read_text(member.value(), here, name == "$uri", out);
      } else if (name == "$in" && member.value().is_object()) {
        out.table = member.value().get_object();
      } else if (name == "$as" && member.value() == Json("number")) {
        out.number = true;
      } else if (name == "$else") {
        out.otherwise = member.value();
      } else {
        read = refuse(here, "is no member of a place, or of another kind");
      }
      if (!read) return fail(read.error());
    }
    if (kinds != 1) return refuse(at, R"(must have one of "$from", "$text" and "$uri")");
    if (out.kind == Template::Kind::Text && out.number) return refuse(at + "/$as", R"(goes only with "$from")");
    return out;
  }

  static Status read_from(const Json& value, const std::string& at, Template& out) {
    const std::optional<Pointer> pointer =
        value.is_string() ? parse_pointer(std::string_view(value.get_string())) : std::nullopt;
    if (!pointer) return refuse(at, "must be a JSON pointer");
    out.kind = Template::Kind::From;
    out.from = *pointer;
    return {};
  }

  static Status read_text(const Json& value, const std::string& at, bool encode, Template& out) {
    if (!value.is_string() || value.get_string().size() > kText)
      return refuse(at, "must be a text of at most 1,024 octets");
    out.kind = Template::Kind::Text;
    out.encode = encode;
    std::string_view text = value.get_string();
    while (!text.empty()) {
      const std::size_t open = text.find('{');
      const std::size_t close = text.find('}', open == text.npos ? 0 : open);
      Template::Part part{std::string(text.substr(0, open)), std::nullopt};
      if (open != text.npos) {
        if (close == text.npos) return refuse(at, "has a { without }");
        part.place = parse_pointer(text.substr(open + 1, close - open - 1));
        if (!part.place || part.place->tokens.empty()) return refuse(at, "has no JSON pointer between { and }");
      }
      out.parts.push_back(std::move(part));
      text.remove_prefix(open == text.npos ? text.size() : close + 1);
    }
    return {};
  }

  std::size_t values_ = 0;
};

}  // namespace

const Json* value_at(const Json& record, const Pointer& pointer) {
  const Json* at = &record;
  for (const std::string& token : pointer.tokens) {
    if (at->is_object()) {
      at = at->get_object().if_contains(token);
    } else if (at->is_array() && !token.empty() && token.size() < 7 &&
               token.find_first_not_of("0123456789") == std::string::npos) {
      at = at->get_array().if_contains(std::stoul(token));
    } else {
      at = nullptr;
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

Result<Template> parse_template(const Json& document) {
  if (!document.is_object()) return refuse("", "must be an object");
  return Parser().parse(document, "", 0);
}

}  // namespace sekisho::schemas
