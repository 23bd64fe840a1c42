// A view compiled for execution. Immutable; shared by threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/keep_tree.hpp"
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
    // The kinds of the named values, and each as the source text of a scalar; strings as their value.
    bool null = false, boolean = false, integer = false, string = false;
    std::vector<std::string> scalars;
    std::vector<std::string> strings;
  };

  [[nodiscard]] static Result<std::shared_ptr<const Plan>> compile(const View& view);
  // Every record as it is (only its white space goes): for datasets without a view.
  [[nodiscard]] static std::shared_ptr<const Plan> everything();

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const KeepTree& tree() const { return tree_; }  // the tag of a written member: characters shown
  [[nodiscard]] const Expected& expected() const { return expected_; }
  [[nodiscard]] const std::vector<std::string>& dropped_names() const { return dropped_names_; }  // sorted
  [[nodiscard]] const Digest& digest() const { return digest_; }  // of the view document

 private:
  std::vector<Row> rows_;
  KeepTree tree_;
  Expected expected_;
  std::vector<std::string> dropped_names_;
  Digest digest_{};
};

}  // namespace sekisho::policy
