// Which members of a record leave the node: JSON pointers (RFC 6901) with what to do at each, as one tree.
//
// What no entry covers is left out. The nearest entry at or above a value decides; one further down overrides it:
// keep "/a" and drop "/a/b" writes a without its b. The token `*` stands for every element of an array. Built once
// for each plan, read by many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.hpp"

namespace sekisho {

// A parsed pointer: "/a/b", "/items/*/price", "" for the whole record. At most limits::kRecordDepth tokens.
class FieldPath {
 public:
  [[nodiscard]] static Result<FieldPath> parse(std::string_view pointer);
  [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }
  [[nodiscard]] std::string text() const;
  bool operator==(const FieldPath&) const = default;

 private:
  std::vector<std::string> tokens_;
};

class KeepTree {
 public:
  enum class Action : std::uint8_t { None, Keep, Drop, Write };

  KeepTree() = default;
  void keep(const FieldPath& path) { at(path).action_ = Action::Keep; }
  void drop(const FieldPath& path) { at(path).action_ = Action::Drop; }
  // The hook of RecordView::write_kept writes the value there; tag tells it which rule asked.
  void write(const FieldPath& path, std::uint32_t tag) {
    KeepTree& node = at(path);
    node.action_ = Action::Write;
    node.tag_ = tag;
  }

  [[nodiscard]] Action action() const { return action_; }
  [[nodiscard]] std::uint32_t tag() const { return tag_; }
  [[nodiscard]] bool leaf() const { return members_.empty() && elements_ == nullptr; }
  [[nodiscard]] bool has_members() const { return !members_.empty(); }
  [[nodiscard]] const KeepTree* member(std::string_view name) const;
  [[nodiscard]] const KeepTree* elements() const { return elements_.get(); }

 private:
  KeepTree& at(const FieldPath& path);

  Action action_ = Action::None;
  std::uint32_t tag_ = 0;
  std::vector<std::pair<std::string, KeepTree>> members_;  // sorted by name
  std::unique_ptr<KeepTree> elements_;
};

// What to do at every member of a name, wherever it stands: it only takes away from what a KeepTree keeps. A Write
// reaches each element of an array. The nearest decides: a rule for the name below the member that its object belongs
// to (arrays between them do not count), one for the name, one for all others. Built once for each plan, read by many
// threads.
class NameRules {
 public:
  struct Rule {
    KeepTree::Action action = KeepTree::Action::Keep;
    std::uint32_t tag = 0;
  };
  using Name = std::uint32_t;  // 0: of no rule, and what the record itself stands below
  struct Found {
    const Rule* rule;
    Name name;
  };

  void set(std::string_view name, Rule rule);
  void set_below(std::string_view parent, std::string_view name, Rule rule);
  void set_others(Rule rule) { others_ = rule; }  // for names without a rule

  [[nodiscard]] Found find(Name parent, std::string_view name) const;
  [[nodiscard]] bool empty() const { return entries_.empty() && others_.action == KeepTree::Action::Keep; }

 private:
  struct Entry {
    std::string name;
    bool ruled = false;
    Rule rule;
    std::vector<std::pair<Name, Rule>> below;  // few
  };
  [[nodiscard]] Name lookup(std::string_view name) const;
  Name intern(std::string_view name);
  void place(Name name);

  std::vector<Entry> entries_;  // Name is the index from 1
  std::vector<Name> slots_;     // a power of two, at most half full; open addressing
  Rule others_;
};

}  // namespace sekisho
