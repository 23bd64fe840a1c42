// A view compiled for execution. Immutable; shared by threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/json_stream.hpp"
#include "base/core/keep_tree.hpp"
#include "policy/pseudonym.hpp"
#include "policy/view.hpp"

namespace sekisho::policy {

// What must be true of what was written: the fields of the view as a tree of its own, built apart from the KeepTree
// that does the writing, so that a mistake in one shows in the other.
class Expected {
 public:
  FieldOp op;               // of the nearest entry at or above
  bool on_the_way = false;  // there are entries below

  [[nodiscard]] const Expected* member(std::string_view name) const;
  [[nodiscard]] const Expected* elements() const { return elements_.get(); }
  // The node of a path; created with the operation of its parent.
  Expected& at(const FieldPath& path);
  // Hands every operation down to the nodes that have none of their own.
  void inherit(const View& view, const std::string& pointer);

 private:
  std::vector<std::pair<std::string, std::unique_ptr<Expected>>> members_;  // sorted by name
  std::unique_ptr<Expected> elements_;
};

// The same for names: what is said of a name, and of it below a parent.
class ExpectedNames {
 public:
  struct Name {
    std::optional<FieldOp> op;
    std::vector<std::pair<const Name*, FieldOp>> below;  // by the parent's name
  };
  ExpectedNames() = default;
  explicit ExpectedNames(const View::Names& names);
  ExpectedNames(ExpectedNames&&) = default;  // names point at each other
  ExpectedNames& operator=(ExpectedNames&&) = default;

  [[nodiscard]] bool empty() const { return names_.empty(); }
  // Null: a name that no entry has.
  [[nodiscard]] const Name* find(std::string_view name) const;
  // name, parent: as find() answered. Null: everything leaves.
  [[nodiscard]] const FieldOp* of(const Name* name, const Name* parent) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Name, Hash, std::equal_to<>> names_;
  const Name* others_ = nullptr;  // "*"
};

class Plan {
 public:
  struct Row {
    FieldPath path;
    RowRule::Op op;
    bool ends = false;
    // The kinds of the named values, and each as the source text of a scalar; strings as their value.
    bool null = false, boolean = false, integer = false, string = false;
    std::vector<std::string> scalars;
    std::vector<std::string> strings;
  };

  // domain: whose pseudonyms; Code::ViewError when the view has some and none is given.
  [[nodiscard]] static Result<std::shared_ptr<const Plan>> compile(const View& view,
                                                                   const PseudonymDomain* domain = nullptr);
  // Every record as it is (only its white space goes): for datasets without a view.
  [[nodiscard]] static std::shared_ptr<const Plan> everything();

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const KeepTree& tree() const { return tree_; }  // the tag of a written member is its operation's
  [[nodiscard]] const Expected& expected() const { return expected_; }
  [[nodiscard]] const NameRules& names() const { return names_; }  // how they are written
  [[nodiscard]] const ExpectedNames& expected_names() const { return expected_names_; }
  [[nodiscard]] bool drop_empty() const { return drop_empty_; }
  // tag: as write_kept hands it to its hook.
  [[nodiscard]] Status write(std::uint32_t tag, const FieldValue& value, std::string& out) const;
  [[nodiscard]] const Digest& digest() const { return digest_; }  // of the view document, which names the epoch

 private:
  std::vector<Row> rows_;
  KeepTree tree_;
  Expected expected_;
  struct Operation {
    FieldOp op;
    std::shared_ptr<const Pseudonyms> pseudonyms;
  };
  [[nodiscard]] Result<std::uint32_t> tag_of(const FieldOp& op, std::uint64_t epoch, const PseudonymDomain* domain);

  std::vector<Operation> operations_;  // by tag
  NameRules names_;
  ExpectedNames expected_names_;
  bool drop_empty_ = false;
  Digest digest_{};
};

}  // namespace sekisho::policy
