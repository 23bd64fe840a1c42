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
  Writer(const Nodes& nodes, const KeepHook& hook, const NameRules* names, std::string& out)
      : nodes_(nodes), hook_(hook), names_(names), out_(out) {}

  // tree: what the tree says at this value, or nothing; keep: what the nearest entry above says.
  Status value(std::size_t self, const KeepTree* tree, bool keep, std::uint32_t name_tag = 0) {
    const TapeNode& node = nodes_[self];
    const bool writes = tree != nullptr && tree->action() == KeepTree::Action::Write;
    if (name_tag != 0) return by_name(self, writes ? tree->tag() : 0, writes || leaves_whole(tree, keep), name_tag);
    if (writes) return written_by_hook(node, tree->tag());
    const bool inherited = tree != nullptr && tree->action() == KeepTree::Action::Keep ? true : keep;
    switch (node.kind) {
      case FieldKind::Object: return object(self, tree, inherited);
      case FieldKind::Array: return array(self, tree, inherited);
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

  Status object(std::size_t self, const KeepTree* tree, bool keep) {
    if (!keep && !tree->leaf() && !tree->has_members())
      return fail(Code::JsonShape, "an object where the plan has an array");
    out_ += '{';
    bool first = true;
    const std::size_t end = nodes_[self].next;
    for (std::size_t i = self + 1; i < end; i = nodes_[i].next) {
      const KeepTree* inner = tree == nullptr ? nullptr : tree->member(nodes_[i].name);
      if (!leaves(inner, keep)) continue;
      std::uint32_t name_tag = 0;
      if (names_ != nullptr) {
        const NameRules::Rule& rule = names_->of(nodes_[i].name);
        if (rule.action == KeepTree::Action::Drop) continue;
        if (rule.action == KeepTree::Action::Write) name_tag = rule.tag;
      }
      if (!first) out_ += ',';
      first = false;
      out_ += '"';
      out_ += nodes_[i].name_raw;
      out_ += "\":";
      if (Status s = value(i, inner, inherit(inner, keep), name_tag); !s) return below(s, nodes_[i].name);
    }
    out_ += '}';
    return {};
  }

  Status array(std::size_t self, const KeepTree* tree, bool keep) {
    const KeepTree* inner = tree == nullptr ? nullptr : tree->elements();
    if (!keep && inner == nullptr) return fail(Code::JsonShape, "an array where the plan has an object");
    out_ += '[';
    bool first = true;
    const std::size_t end = nodes_[self].next;
    for (std::size_t i = self + 1; i < end && leaves(inner, keep); i = nodes_[i].next) {
      if (!first) out_ += ',';
      first = false;
      if (Status s = value(i, inner, inherit(inner, keep)); !s) return below(s, "*");
    }
    out_ += ']';
    return {};
  }

  static bool leaves_whole(const KeepTree* tree, bool keep) {
    return tree == nullptr || tree->action() == KeepTree::Action::None ? keep : tree->action() == KeepTree::Action::Keep;
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

Status RecordView::write_kept(const KeepTree& tree, std::string& out, const KeepHook& hook,
                              const NameRules* names) const {
  const std::size_t before = out.size();
  Status written = Writer(tape_->nodes, hook, names, out).value(0, &tree, false);
  if (!written) out.resize(before);
  return written;
}

}  // namespace sekisho
