#include "base/core/keep_tree.hpp"

#include <algorithm>
#include <cstring>

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

// Of its length, first and last octets: names are short, and who chooses them gains nothing but time over his own view.
std::size_t hash(std::string_view name) {
  std::uint64_t first = 0, last = 0;
  const std::size_t n = std::min<std::size_t>(name.size(), 8);
  std::memcpy(&first, name.data(), n);
  std::memcpy(&last, name.data() + name.size() - n, n);
  std::uint64_t mixed = (first ^ (last << 7U | last >> 57U) ^ name.size()) * 0x9e3779b97f4a7c15U;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32U));
}

template <class Members>
auto find_place(Members& members, std::string_view name) {
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
  const auto it = find_place(members_, name);
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
    auto it = find_place(node->members_, token);
    if (it == node->members_.end() || it->first != token) it = node->members_.emplace(it, token, KeepTree());
    node = &it->second;
  }
  return *node;
}

void NameRules::set(std::string_view name, Rule rule) {
  Entry& entry = entries_[intern(name) - 1];
  entry.ruled = true;
  entry.rule = rule;
}

void NameRules::set_below(std::string_view parent, std::string_view name, Rule rule) {
  const Name above = intern(parent);
  auto& below = entries_[intern(name) - 1].below;
  const auto it = std::ranges::find(below, above, [](const auto& one) { return one.first; });
  if (it != below.end())
    it->second = rule;
  else
    below.emplace_back(above, rule);
}

NameRules::Found NameRules::find(Name parent, std::string_view name) const {
  const Name found = lookup(name);
  if (found == 0) return {&others_, 0};
  const Entry& entry = entries_[found - 1];
  for (const auto& [above, rule] : entry.below) {
    if (above == parent) return {&rule, found};
  }
  return {entry.ruled ? &entry.rule : &others_, found};
}

NameRules::Name NameRules::lookup(std::string_view name) const {
  if (slots_.empty()) return 0;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash(name) & mask;; at = (at + 1) & mask) {
    const Name found = slots_[at];
    if (found == 0 || entries_[found - 1].name == name) return found;
  }
}

NameRules::Name NameRules::intern(std::string_view name) {
  if (const Name known = lookup(name); known != 0) return known;
  entries_.push_back({std::string(name), false, {}, {}});
  if (slots_.size() < 2 * entries_.size()) {
    slots_.assign(std::max<std::size_t>(16, 2 * slots_.size()), 0);
    for (Name each = 1; each <= entries_.size(); ++each) place(each);
  } else {
    place(static_cast<Name>(entries_.size()));
  }
  return static_cast<Name>(entries_.size());
}

void NameRules::place(Name name) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash(entries_[name - 1].name) & mask;
  while (slots_[at] != 0) at = (at + 1) & mask;
  slots_[at] = name;
}

}  // namespace sekisho
