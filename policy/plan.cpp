#include "policy/plan.hpp"

#include <algorithm>
#include <array>

#include "policy/field_write.hpp"

namespace sekisho::policy {
namespace {

Result<Plan::Row> compile_row(const RowRule& rule) {
  Result<FieldPath> path = FieldPath::parse(rule.pointer);
  if (!path) return fail(path.error());
  Plan::Row row;
  row.path = std::move(*path);
  row.op = rule.op;
  row.ends = rule.ends;
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

Result<std::uint32_t> Plan::tag_of(const FieldOp& op, std::uint64_t epoch, const PseudonymDomain* domain) {
  const auto known = std::ranges::find(operations_, op, &Operation::op);
  if (known != operations_.end()) return static_cast<std::uint32_t>(known - operations_.begin());
  Operation operation{op, nullptr};
  if (op.kind == FieldOp::Kind::Pseudonym) {
    if (domain == nullptr || domain->root.size() < 32)
      return fail(Code::ViewError, "the view writes pseudonyms, and this node has no key for them");
    operation.pseudonyms = std::make_shared<const Pseudonyms>(*domain, op.text, epoch);
  }
  operations_.push_back(std::move(operation));
  return static_cast<std::uint32_t>(operations_.size() - 1);
}

Status Plan::write(std::uint32_t tag, const FieldValue& value, std::string& out) const {
  const Operation* chosen = &operations_[tag & 0xffffU];
  const std::uint32_t by_name = tag >> 16U;
  if (by_name != 0) {
    const Operation& other = operations_[by_name];
    const FieldOp both = stronger(chosen->op, other.op);
    if (both == other.op)
      chosen = &other;
    else if (both != chosen->op)
      return write_field(both, nullptr, value, out);  // a redaction or a wider generalisation of both
  }
  return write_field(chosen->op, chosen->pseudonyms.get(), value, out);
}

ExpectedNames::ExpectedNames(const View::Names& names) {
  for (const auto& [key, op] : names) {
    Name& name = names_[key.second];
    if (key.first.empty())
      name.op = op;
    else
      name.below.emplace_back(&names_[key.first], op);
  }
  others_ = find("*");
}

const ExpectedNames::Name* ExpectedNames::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

const FieldOp* ExpectedNames::of(const Name* name, const Name* parent) const {
  if (name != nullptr && parent != nullptr) {
    for (const auto& [above, op] : name->below) {
      if (above == parent) return &op;
    }
  }
  if (name != nullptr && name->op) return &*name->op;
  return others_ != nullptr && others_->op ? &*others_->op : nullptr;
}

Result<std::shared_ptr<const Plan>> Plan::compile(const View& view, const PseudonymDomain* domain) {
  auto plan = std::make_shared<Plan>();
  for (const RowRule& rule : view.rows()) {
    Result<Row> row = compile_row(rule);
    if (!row) return fail(Code::ViewError, "a row rule cannot be compiled", row.error());
    plan->rows_.push_back(std::move(*row));
  }
  FieldOp none;
  none.kind = FieldOp::Kind::Keep;
  plan->operations_.push_back({none, nullptr});  // tag 0: no operation
  for (const auto& [pointer, op] : view.fields()) {
    const Result<FieldPath> path = FieldPath::parse(pointer);
    if (!path) return fail(Code::ViewError, "a field cannot be compiled", path.error());
    const Result<std::uint32_t> tag = op.kind == FieldOp::Kind::Drop ? 0 : plan->tag_of(op, view.epoch(), domain);
    if (!tag) return fail(tag.error());
    switch (op.kind) {
      case FieldOp::Kind::Keep: plan->tree_.keep(*path); break;
      case FieldOp::Kind::Drop: plan->tree_.drop(*path); break;
      default: plan->tree_.write(*path, *tag); break;
    }
    plan->expected_.at(*path);
  }
  for (const auto& [key, op] : view.names()) {
    const auto& [above, name] = key;
    NameRules::Rule rule;
    if (op.kind == FieldOp::Kind::Drop) {
      rule.action = KeepTree::Action::Drop;
    } else if (op.kind != FieldOp::Kind::Keep) {
      const Result<std::uint32_t> tag = plan->tag_of(op, view.epoch(), domain);
      if (!tag) return fail(tag.error());
      rule = {KeepTree::Action::Write, *tag};
    }
    if (!above.empty())
      plan->names_.set_below(above, name, rule);
    else if (name == "*")
      plan->names_.set_others(rule);
    else
      plan->names_.set(name, rule);
  }
  plan->expected_.on_the_way = true;  // the record itself, also when nothing of it is kept
  plan->expected_.inherit(view, "");
  plan->expected_names_ = ExpectedNames(view.names());
  plan->drop_empty_ = view.drop_empty();
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
