#include <charconv>

#include <fmt/format.h>

#include "base/core/record_tape.hpp"

namespace sekisho {
namespace {

using Nodes = std::vector<TapeNode>;

const TapeNode* member_of(const Nodes& nodes, const TapeNode& parent, std::string_view name) {
  const auto self = static_cast<std::size_t>(&parent - nodes.data());
  for (std::size_t i = self + 1; i < parent.next; i = nodes[i].next) {
    if (nodes[i].name == name) return &nodes[i];
  }
  return nullptr;
}

// Follows tokens[at …] from a node; false when the visitor has had enough.
bool visit(const Nodes& nodes, const TapeNode& node, const std::vector<std::string>& tokens, std::size_t at,
           const std::function<bool(const FieldValue&)>& visitor) {
  if (at == tokens.size()) return visitor(field_value(node));
  if (node.kind == FieldKind::Array && tokens[at] == "*") {
    const auto self = static_cast<std::size_t>(&node - nodes.data());
    for (std::size_t i = self + 1; i < node.next; i = nodes[i].next) {
      if (!visit(nodes, nodes[i], tokens, at + 1, visitor)) return false;
    }
    return true;
  }
  if (node.kind != FieldKind::Object) return true;
  const TapeNode* inner = member_of(nodes, node, tokens[at]);
  return inner == nullptr || visit(nodes, *inner, tokens, at + 1, visitor);
}

// Writes a record along a keep tree. The recursion is as deep as the record, which the parser bounds.
class Writer {
 public:
  Writer(const Nodes& nodes, const KeepHook& hook, const NameRules* names, bool drop_empty, std::string& out)
      : nodes_(nodes), hook_(hook), names_(names), drop_empty_(drop_empty), out_(out) {}

  // Where a value stands.
  struct Place {
    const KeepTree* tree = nullptr;  // what the tree says at it, or nothing
    bool keep = false;               // what the nearest entry above says
    NameRules::Name name = 0;        // of the member that it is or belongs to
    std::uint32_t name_tag = 0;      // of that name's rule, where it writes
  };

  Status value(std::size_t self, const Place& at) {
    const TapeNode& node = nodes_[self];
    const bool writes = at.tree != nullptr && at.tree->action() == KeepTree::Action::Write;
    if (at.name_tag != 0)
      return by_name(self, writes ? at.tree->tag() : 0, writes || leaves_whole(at.tree, at.keep), at.name_tag);
    if (writes) return written_by_hook(node, at.tree->tag());
    const bool inherited = at.tree != nullptr && at.tree->action() == KeepTree::Action::Keep ? true : at.keep;
    switch (node.kind) {
      case FieldKind::Object: return object(self, {at.tree, inherited, at.name, 0});
      case FieldKind::Array: return array(self, {at.tree, inherited, at.name, 0});
      default: break;
    }
    if (!inherited && node.kind != FieldKind::Null) {
      return fail(Code::JsonShape, "a scalar where the plan has an object or array");
    }
    out_ += node.raw;
    return {};
  }

 private:
  // Whether anything of a value leaves: by an entry above, or by one at or below it.
  static bool leaves(const KeepTree* tree, bool keep) {
    if (tree == nullptr || tree->action() == KeepTree::Action::None) return keep || tree != nullptr;
    return tree->action() != KeepTree::Action::Drop || !tree->leaf();
  }

  static bool inherit(const KeepTree* tree, bool keep) {
    return tree != nullptr && tree->action() == KeepTree::Action::Drop ? false : keep;
  }

  Status object(std::size_t self, const Place& at) {
    if (!at.keep && !at.tree->leaf() && !at.tree->has_members())
      return fail(Code::JsonShape, "an object where the plan has an array");
    out_ += '{';
    const std::size_t start = out_.size();
    const std::size_t end = nodes_[self].next;
    for (std::size_t i = self + 1; i < end; i = nodes_[i].next) {
      Place inner{at.tree == nullptr ? nullptr : at.tree->member(nodes_[i].name), at.keep, 0, 0};
      if (!leaves(inner.tree, at.keep)) continue;
      inner.keep = inherit(inner.tree, at.keep);
      if (names_ != nullptr) {
        const NameRules::Found found = names_->find(at.name, nodes_[i].name);
        if (found.rule->action == KeepTree::Action::Drop) continue;
        if (found.rule->action == KeepTree::Action::Write) inner.name_tag = found.rule->tag;
        inner.name = found.name;
      }
      const std::size_t before = out_.size();
      if (before != start) out_ += ',';
      out_ += '"';
      out_ += nodes_[i].name_raw;
      out_ += "\":";
      const std::size_t at_value = out_.size();
      if (Status s = value(i, inner); !s) return below(s, nodes_[i].name);
      if (is_empty(i, at_value)) out_.resize(before);
    }
    out_ += '}';
    return {};
  }

  Status array(std::size_t self, const Place& at) {
    const KeepTree* tree = at.tree == nullptr ? nullptr : at.tree->elements();
    if (!at.keep && tree == nullptr) return fail(Code::JsonShape, "an array where the plan has an object");
    const Place inner{tree, inherit(tree, at.keep), at.name, 0};
    out_ += '[';
    const std::size_t start = out_.size();
    const std::size_t end = nodes_[self].next;
    for (std::size_t i = self + 1; i < end && leaves(tree, at.keep); i = nodes_[i].next) {
      const std::size_t before = out_.size();
      if (before != start) out_ += ',';
      const std::size_t at_value = out_.size();
      if (Status s = value(i, inner); !s) return below(s, "*");
      if (is_empty(i, at_value)) out_.resize(before);
    }
    out_ += ']';
    return {};
  }

  // Whether what was written at the end is to go again.
  [[nodiscard]] bool is_empty(std::size_t self, std::size_t written) const {
    const FieldKind kind = nodes_[self].kind;
    return drop_empty_ && (kind == FieldKind::Object || kind == FieldKind::Array) && out_.size() == written + 2 &&
           (out_[written] == '{' || out_[written] == '[');
  }

  static bool leaves_whole(const KeepTree* tree, bool keep) {
    return tree == nullptr || tree->action() == KeepTree::Action::None ? keep
                                                                       : tree->action() == KeepTree::Action::Keep;
  }

  // A member whose name has a rule; of what does not leave itself, nothing is written by the rule either.
  Status by_name(std::size_t self, std::uint32_t tag, bool leaves, std::uint32_t name_tag) {
    const TapeNode& node = nodes_[self];
    if (!leaves && node.kind != FieldKind::Null)
      return fail(Code::JsonShape, "a name's rule where the plan has an object or array");
    if (node.kind != FieldKind::Array) return written_by_hook(node, tag | name_tag << 16U);
    out_ += '[';
    for (std::size_t i = self + 1; i < node.next; i = nodes_[i].next) {
      if (i != self + 1) out_ += ',';
      if (Status s = by_name(i, tag, leaves, name_tag); !s) return s;
    }
    out_ += ']';
    return {};
  }

  Status written_by_hook(const TapeNode& node, std::uint32_t tag) {
    if (!hook_) return fail(Code::Internal, "a keep tree that writes, without a hook");
    Status written = hook_(tag, field_value(node), out_);
    if (!written) return fail(Code::JsonShape, "a value that the plan cannot write", written.error());
    return {};
  }

  // Builds the pointer from the inside out; indexes are left out, since the plan does not have them either.
  static Status below(const Status& inner, std::string_view token) {
    Error error = inner.error();
    std::string step = "/";
    for (const char c : token) step += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    if (error.help.empty()) {
      error.help.emplace_back("pointer", step);
    } else {
      error.help.front().second.insert(0, step);
    }
    return fail(std::move(error));
  }

  const Nodes& nodes_;
  const KeepHook& hook_;
  const NameRules* names_;
  const bool drop_empty_;
  std::string& out_;
};

}  // namespace

FieldValue field_value(const TapeNode& node) {
  FieldValue out;
  out.kind = node.kind;
  out.boolean = node.boolean;
  out.text = node.text;
  out.raw = node.raw;
  const char* const end = node.raw.data() + node.raw.size();
  if (node.kind == FieldKind::Integer && std::from_chars(node.raw.data(), end, out.integer).ec != std::errc()) {
    out.kind = FieldKind::Double;
    out.integer = 0;
  }
  if (out.kind == FieldKind::Integer) {
    out.number = static_cast<double>(out.integer);
  } else if (out.kind == FieldKind::Double) {
    std::from_chars(node.raw.data(), end, out.number);
  }
  return out;
}

FieldValue RecordView::field(const FieldPath& path) const {
  FieldValue found;
  each(path, [&found](const FieldValue& value) {
    found = value;
    return false;
  });
  return found;
}

void RecordView::each(const FieldPath& path, const std::function<bool(const FieldValue&)>& visitor) const {
  visit(tape_->nodes, tape_->nodes.front(), path.tokens(), 0, visitor);
}

Status RecordView::write_kept(const KeepTree& tree, std::string& out, const KeepHook& hook, const NameRules* names,
                              bool drop_empty) const {
  const std::size_t before = out.size();
  Status written = Writer(tape_->nodes, hook, names, drop_empty, out).value(0, {&tree, false, 0, 0});
  if (!written) out.resize(before);
  return written;
}

}  // namespace sekisho
