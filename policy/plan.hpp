// A view compiled for execution. Immutable; shared by threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/keep_tree.hpp"
#include "policy/view.hpp"

namespace sekisho::policy {

class Plan {
 public:
  struct Row {
    FieldPath path;
    bool many = false;  // the path has `*`
    RowRule rule;
  };

  [[nodiscard]] static Result<std::shared_ptr<const Plan>> compile(const View& view);
  // Every record as it is (only its white space goes): for datasets without a view. The digest is that of {}.
  [[nodiscard]] static std::shared_ptr<const Plan> everything();

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const KeepTree& tree() const { return tree_; }  // the tag of a written member: characters shown
  [[nodiscard]] const std::vector<std::string>& dropped_names() const { return dropped_names_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }  // of the view document

 private:
  std::vector<Row> rows_;
  KeepTree tree_;
  std::vector<std::string> dropped_names_;
  Digest digest_{};
};

}  // namespace sekisho::policy
