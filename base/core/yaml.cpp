#include "base/core/yaml.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/core/utf8.hpp"
#include "base/core/yaml_scalar.hpp"

namespace sekisho {
namespace {

// Zero-based, as the library counts.
struct Place {
  int line = 0;
  int column = 0;
};

// Thrown by the handler to leave the library's parser; never leaves this file.
struct Refusal {
  Place place;
  std::string what;
};

std::unexpected<Error> refuse(Place place, std::string_view what) {
  const int line = std::max(0, place.line) + 1;
  const int column = std::max(0, place.column) + 1;
  return fail(Error(Code::YamlSyntax, fmt::format("line {}, column {}: {}", line, column, what))
                  .with("line", fmt::to_string(line))
                  .with("column", fmt::to_string(column)));
}

// What the library would accept or silently change: looked for before it sees the text.
Status check_characters(std::string_view text) {
  Place at;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = utf8_character(text.substr(i));
    if (n == 0) return refuse(at, "not UTF-8");
    const char c = text[i];
    if (c == '\t') return refuse(at, "a tab; indent with spaces, write \\t in double quotes");
    if (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return refuse(at, "a carriage return alone");
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r') || c == 0x7f)
      return refuse(at, "a control character");
    if (text.substr(i, n) == "\xef\xbb\xbf") return refuse(at, "a byte order mark");
    if (c == '%' && at.column == 0) return refuse(at, "a directive");
    if (c == '\n') {
      ++at.line;
      at.column = 0;
    } else {
      ++at.column;
    }
    i += n;
  }
  return {};
}

// Whether a scalar that starts with a quote has another: the library lets the end of the text stand for it.
bool closed(std::string_view scalar) {
  const char quote = scalar.empty() ? '\0' : scalar[0];
  if (quote != '"' && quote != '\'') return true;
  for (std::size_t i = 1; i < scalar.size(); ++i) {
    if (scalar[i] == '\\' && quote == '"') {
      ++i;
    } else if (scalar[i] == quote) {
      // Two single quotes are one inside the scalar.
      if (quote == '"' || i + 1 == scalar.size() || scalar[i + 1] != quote) return true;
      ++i;
    }
  }
  return false;
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  [[nodiscard]] Json take() { return std::move(root_); }
  [[nodiscard]] bool started() const { return documents_ > 0; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refusal{place(mark), "a second document"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    no_anchor(mark, anchor);
    // The library says null for nothing, ~, null, Null and NULL.
    if (source(mark, 4) != "null") {
      // Nothing is noticed at the token after it; the author looks for the key.
      const bool member = !stack_.empty() && stack_.back().has_key;
      throw Refusal{place(member ? stack_.back().key_mark : mark), "an empty value; write null, \"\", [] or {}"};
    }
    if (expects_key()) throw Refusal{place(mark), "a key that is no string"};
    add(mark, nullptr);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw Refusal{place(mark), "an alias"}; }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { throw Refusal{place(mark), "an anchor"}; }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    no_anchor(mark, anchor);
    // The library's words for "plain" and "quoted or block"; anything else was written by the author.
    const bool plain = tag == "?" || tag.empty();
    if ((!plain && tag != "!") || source(mark, 1) == "!") throw Refusal{place(mark), "a tag"};
    if (!plain && !closed(text_.substr(static_cast<std::size_t>(std::max(0, mark.pos))))) {
      throw Refusal{place(mark), "a quoted string without its end"};
    }
    // Escapes of double quotes can still make what is not UTF-8 (surrogates).
    if (!valid_utf8(value)) throw Refusal{place(mark), "a string that is not UTF-8"};
    Result<Json> scalar = plain ? plain_scalar(value) : Result<Json>(Json(value));
    if (!scalar) throw Refusal{place(mark), scalar.error().message};
    if (!expects_key()) return add(mark, std::move(*scalar));
    if (!scalar->is_string()) throw Refusal{place(mark), "a key that is no string; quote it"};
    if (value.find('\0') != std::string::npos) throw Refusal{place(mark), "a NUL in a key"};
    if (plain && value == "<<") throw Refusal{place(mark), "a merge key"};
    if (stack_.back().value.get_object().contains(value))
      throw Refusal{place(mark), fmt::format("duplicate key '{}'", value)};
    Level& top = stack_.back();
    top.key = value;
    top.key_mark = mark;
    top.has_key = true;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, JsonArray());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, JsonObject());
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YAML::Mark mark;
    Json value;
    std::string key;
    YAML::Mark key_mark{};
    bool has_key = false;
  };

  static Place place(const YAML::Mark& mark) { return {mark.line, mark.column}; }

  static void no_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Refusal{place(mark), "an anchor"};
  }

  [[nodiscard]] std::string_view source(const YAML::Mark& mark, std::size_t n) const {
    const auto at = static_cast<std::size_t>(std::max(0, mark.pos));
    return at < text_.size() ? text_.substr(at, n) : std::string_view();
  }

  [[nodiscard]] bool expects_key() const {
    return !stack_.empty() && stack_.back().value.is_object() && !stack_.back().has_key;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Json container) {
    no_anchor(mark, anchor);
    if (!tag.empty() && tag != "?") throw Refusal{place(mark), "a tag"};
    if (expects_key()) throw Refusal{place(mark), "a key that is no string"};
    if (stack_.size() >= limits_.depth) throw Refusal{place(mark), fmt::format("over {} levels", limits_.depth)};
    stack_.push_back(Level{mark, std::move(container), {}, {}, false});
  }

  void close() {
    Level done = std::move(stack_.back());
    stack_.pop_back();
    add(done.mark, std::move(done.value));
  }

  void add(const YAML::Mark& mark, Json value) {
    if (++values_ > limits_.values) throw Refusal{place(mark), fmt::format("over {} values", limits_.values)};
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (Level& top = stack_.back(); top.value.is_object()) {
      top.value.get_object().emplace(top.key, std::move(value));
      top.has_key = false;
    } else {
      top.value.get_array().push_back(std::move(value));
    }
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::vector<Level> stack_;
  Json root_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

}  // namespace

Result<Json> parse_yaml(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return fail(Code::LimitExceeded, fmt::format("YAML of {} bytes, the limit is {}", text.size(), limits.bytes));
  }
  if (Status checked = check_characters(text); !checked) return fail(checked.error());
  std::istringstream stream{std::string(text)};
  Builder builder(text, limits);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    return refuse(refusal.place, refusal.what);
  } catch (const YAML::Exception& error) {
    return refuse({error.mark.line, error.mark.column}, error.msg);
  }
  if (!builder.started()) return refuse({}, "no document");
  return builder.take();
}

}  // namespace sekisho
