// A policy compiled to flat arrays: no pointers to follow, no allocation while it is evaluated. Immutable; shared by
// all threads as shared_ptr<const Program>.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "policy/ir.hpp"

namespace sekisho::policy {

class Program {
 public:
  static constexpr std::size_t kMaxRules = 64;
  static constexpr std::uint16_t kNone = 0xffff;

  // A node of a condition in prefix order: an atom (parts = 0) or All/Any/One with `parts` children, the next at +1,
  // each child ends where `next` of the child says.
  struct Node {
    Expr::Kind kind;
    Operand operand;
    Operator op;
    std::uint16_t next;               // index behind this subtree
    std::uint32_t first_text, texts;  // into texts(): the named values, sorted
    std::int64_t number;
  };
  struct CompiledRule {
    ActionMask actions;
    std::uint16_t root;  // of its condition
    bool prohibition;
    std::int64_t quota;  // greatest number of uses, or -1
  };

  // agreement: SHA-256 of the agreement's canonical JSON, the key of its counter; zeros for offers, which grant
  // nothing. Precondition: the IR is of admission (limits hold).
  [[nodiscard]] static Program compile(const PolicyIr& ir, const Digest& agreement);

  [[nodiscard]] std::span<const CompiledRule> rules() const { return rules_; }
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  [[nodiscard]] std::span<const std::string> texts(const Node& node) const {
    return std::span(texts_).subspan(node.first_text, node.texts);
  }
  [[nodiscard]] std::string_view rid(std::size_t rule) const { return rids_[rule]; }
  [[nodiscard]] const Digest& digest() const { return digest_; }  // of the IR
  [[nodiscard]] const Digest& agreement() const { return agreement_; }
  [[nodiscard]] std::string_view target() const { return target_; }
  [[nodiscard]] std::string_view assignee() const { return assignee_; }
  [[nodiscard]] std::string_view digest_hex() const { return digest_hex_; }
  [[nodiscard]] std::string_view agreement_hex() const { return agreement_hex_; }
  [[nodiscard]] bool grants() const { return grants_; }                    // only an agreement does
  [[nodiscard]] const std::string& purposes() const { return purposes_; }  // of the permissions, joined by ", "
  [[nodiscard]] const std::string& zones() const { return zones_; }

 private:
  void add(const Expr& condition);

  std::vector<CompiledRule> rules_;
  std::vector<Node> nodes_;
  std::vector<std::string> texts_, rids_;
  Digest digest_{}, agreement_{};
  std::string digest_hex_, agreement_hex_, target_, assignee_, purposes_, zones_;
  bool grants_ = false;
};

}  // namespace sekisho::policy
