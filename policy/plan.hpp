// A view compiled for execution. Immutable; shared by threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
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
  [[nodiscard]] const View::Names& expected_names() const { return expected_names_; }
  // What a name must look like; null: nothing is said of it.
  [[nodiscard]] const FieldOp* expected_of(std::string_view name) const;
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
  View::Names expected_names_;
  Digest digest_{};
};

}  // namespace sekisho::policy
