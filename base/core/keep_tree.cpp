#include "base/core/keep_tree.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/limits.hpp"

namespace sekisho {
namespace {

// RFC 6901 section 4: ~1 is '/', ~0 is '~', nothing else follows '~'.
bool unescape(std::string_view token, std::string& out) {
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
    out += token[i] == '0' ? '~' : '/';
  }
  return true;
}

template <class Members>
auto place(Members& members, std::string_view name) {
  return std::lower_bound(members.begin(), members.end(), name,
                          [](const auto& member, std::string_view n) { return member.first < n; });
}

}  // namespace

Result<FieldPath> FieldPath::parse(std::string_view pointer) {
  FieldPath out;
  if (pointer.empty()) return out;
  if (pointer.front() != '/')
    return fail(Code::InvalidArgument, fmt::format("pointer '{}' does not start with /", pointer));
  std::string_view rest = pointer;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view token = rest.substr(0, rest.find('/'));
    rest.remove_prefix(token.size());
    std::string name;
    if (!unescape(token, name))
      return fail(Code::InvalidArgument, fmt::format("pointer '{}' has a bad escape", pointer));
    out.tokens_.push_back(std::move(name));
    if (out.tokens_.size() > limits::kRecordDepth) {
      return fail(Code::LimitExceeded, fmt::format("pointer '{}' has over {} tokens", pointer, limits::kRecordDepth));
    }
  }
  return out;
}

std::string FieldPath::text() const {
  std::string out;
  for (const auto& token : tokens_) {
    out += '/';
    for (const char c : token) {
      if (c == '~')
        out += "~0";
      else if (c == '/')
        out += "~1";
      else
        out += c;
    }
  }
  return out;
}

const KeepTree* KeepTree::member(std::string_view name) const {
  const auto it = place(members_, name);
  return it != members_.end() && it->first == name ? &it->second : nullptr;
}

KeepTree& KeepTree::at(const FieldPath& path) {
  KeepTree* node = this;
  for (const auto& token : path.tokens()) {
    if (token == "*") {
      if (node->elements_ == nullptr) node->elements_ = std::make_unique<KeepTree>();
      node = node->elements_.get();
      continue;
    }
    auto it = place(node->members_, token);
    if (it == node->members_.end() || it->first != token) it = node->members_.emplace(it, token, KeepTree());
    node = &it->second;
  }
  return *node;
}

void NameRules::set(std::string name, Rule rule) {
  const auto it = place(rules_, name);
  if (it != rules_.end() && it->first == name)
    it->second = rule;
  else
    rules_.emplace(it, std::move(name), rule);
}

const NameRules::Rule& NameRules::of(std::string_view name) const {
  const auto it = place(rules_, name);
  return it != rules_.end() && it->first == name ? it->second : others_;
}

}  // namespace sekisho
