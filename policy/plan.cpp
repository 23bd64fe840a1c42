#include "policy/plan.hpp"

#include <algorithm>
#include <array>

namespace sekisho::policy {
namespace {

Result<Plan::Row> compile_row(const RowRule& rule) {
  Result<FieldPath> path = FieldPath::parse(rule.pointer);
  if (!path) return fail(path.error());
  Plan::Row row;
  row.path = std::move(*path);
  row.op = rule.op;
  for (const RowValue& value : rule.values) {
    if (std::holds_alternative<std::monostate>(value)) {
      row.null = true;
    } else if (const bool* truth = std::get_if<bool>(&value)) {
      row.boolean = true;
      row.scalars.emplace_back(*truth ? "true" : "false");
    } else if (const std::int64_t* number = std::get_if<std::int64_t>(&value)) {
      row.integer = true;
      row.scalars.push_back(std::to_string(*number));
    } else {
      row.string = true;
      row.strings.push_back(std::get<std::string>(value));
    }
  }
  std::ranges::sort(row.scalars);
  std::ranges::sort(row.strings);
  return row;
}

}  // namespace

const Expected* Expected::member(std::string_view name) const {
  constexpr std::size_t kFew = 8;  // below this, comparing each is faster than searching
  if (members_.size() <= kFew) {
    for (const auto& [known, inner] : members_) {
      if (known == name) return inner.get();
    }
    return nullptr;
  }
  const auto it = std::ranges::lower_bound(members_, name, {}, [](const auto& m) { return std::string_view(m.first); });
  return it != members_.end() && it->first == name ? it->second.get() : nullptr;
}

Expected& Expected::at(const FieldPath& path) {
  Expected* node = this;
  for (const std::string& token : path.tokens()) {
    node->on_the_way = true;
    if (token == "*") {
      if (node->elements_ == nullptr) node->elements_ = std::make_unique<Expected>();
      node = node->elements_.get();
      continue;
    }
    auto it =
        std::ranges::lower_bound(node->members_, token, {}, [](const auto& m) { return std::string_view(m.first); });
    if (it == node->members_.end() || it->first != token)
      it = node->members_.emplace(it, token, std::make_unique<Expected>());
    node = it->second.get();
  }
  return *node;
}

void Expected::inherit(const View& view, const std::string& pointer) {
  op = view.effective(pointer);
  if (elements_ != nullptr) elements_->inherit(view, pointer + "/*");
  for (auto& [name, inner] : members_) {
    std::string token;
    for (const char c : name) token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    inner->inherit(view, pointer + "/" + token);
  }
}

Result<std::shared_ptr<const Plan>> Plan::compile(const View& view) {
  auto plan = std::make_shared<Plan>();
  for (const RowRule& rule : view.rows()) {
    Result<Row> row = compile_row(rule);
    if (!row) return fail(Code::ViewError, "a row rule cannot be compiled", row.error());
    plan->rows_.push_back(std::move(*row));
  }
  for (const auto& [pointer, op] : view.fields()) {
    const Result<FieldPath> path = FieldPath::parse(pointer);
    if (!path) return fail(Code::ViewError, "a field cannot be compiled", path.error());
    switch (op.kind) {
      case FieldOp::Kind::Keep: plan->tree_.keep(*path); break;
      case FieldOp::Kind::Mask: plan->tree_.write(*path, op.shown); break;
      case FieldOp::Kind::Drop: plan->tree_.drop(*path); break;
    }
    plan->expected_.at(*path);
  }
  plan->expected_.on_the_way = true;  // the record itself, also when nothing of it is kept
  plan->expected_.inherit(view, "");
  plan->dropped_names_ = view.dropped_names();
  plan->digest_ = view.digest();
  return plan;
}

std::shared_ptr<const Plan> Plan::everything() {
  static const std::shared_ptr<const Plan> plan = [] {
    const Result<View> view = View::parse(JsonObject{{"fields", JsonObject{{"", "keep"}}}});
    Result<std::shared_ptr<const Plan>> compiled = view ? compile(*view) : fail(view.error());
    return compiled.value();
  }();
  return plan;
}

}  // namespace sekisho::policy
