// One judgement of one instance by a Program.
#pragma once

#include <string>
#include <vector>

#include "schemas/json_schema/program.hpp"

namespace sekisho::schemas {

// How the judgement got to a value, kept on the stack; written out only for the error.
struct Path {
  const Path* up = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool item = false;
};

// Which members or items some keyword has judged, for the unevaluated* keywords.
struct Evaluated {
  std::vector<bool> parts;
  void mark(std::size_t i) {
    if (parts.size() <= i) parts.resize(i + 1);
    parts[i] = true;
  }
  void add(const Evaluated& other) {
    for (std::size_t i = 0; i < other.parts.size(); ++i) {
      if (other.parts[i]) mark(i);
    }
  }
  [[nodiscard]] bool has(std::size_t i) const { return i < parts.size() && parts[i]; }
};

class Evaluation {
 public:
  explicit Evaluation(const Program& program) : program_(program) {}
  [[nodiscard]] Status run(const Json& instance);

 private:
  struct At {
    const Json& value;
    const Path& path;
    Evaluated* seen;  // null when nobody asks
  };

  bool judge(const Node& node, const At& at);
  bool rules(const Node& node, const At& at);
  bool below(const Node& node, const Json& value, const Path& path) { return judge(node, {value, path, nullptr}); }

  bool type_fits(std::uint8_t types, const Json& value) const;
  bool allowed(const Allowed& allowed, const At& at);
  bool number(const NumberRules& rules, const At& at);
  bool string(const StringRules& rules, const At& at);
  bool array(const ArrayRules& rules, const At& at);
  bool contains(const ArrayRules& rules, const At& at);
  bool object(const ObjectRules& rules, const At& at);
  bool members(const ObjectRules& rules, const At& at);
  bool dependencies(const ObjectRules& rules, const At& at);
  bool logic(const Node& node, const At& at);
  bool choice(const char* keyword, const Choice& choice, const At& at);
  bool dynamic(const Node& node, const At& at);
  bool unevaluated(const Node& node, const At& at);
  // Judged without an error being kept; what it saw counts only when it fits.
  bool tried(const Node& node, const At& at);
  // Keeps the first failure that counts. Always false.
  bool no(const At& at, const char* keyword);

  const Program& program_;
  std::size_t steps_ = 0, depth_ = 0, quiet_ = 0;
  bool exhausted_ = false;
  std::string pointer_;
  const char* keyword_ = nullptr;
  std::vector<std::uint32_t> scopes_;
};

}  // namespace sekisho::schemas
