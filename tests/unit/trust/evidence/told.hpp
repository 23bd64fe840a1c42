// A whole exchange, and what its parties state after it.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/unit/trust/evidence/crossing.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::trust::testing {

struct Told {
  explicit Told(const Crossing::Alter& alter = {}, const Crossing::Shift& shift = {}) : c(alter, shift) {}
  Told(const Told&) = delete;  // nodes point into their zones
  Told& operator=(const Told&) = delete;

  Crossing c;
  std::vector<Envelope> statements;
  std::vector<std::pair<LogNode*, std::uint64_t>> entries;
  std::map<Digest, Bytes> snapshots;
  std::vector<Disclosure> disclosures;

  // `held`: the other party's log has it too.
  Envelope state(LogNode& node, const Draft& draft, bool held) {
    statements.push_back(node.state(draft));
    entries.emplace_back(&node, node.entries.size() - 1);
    if (held) {
      LogNode& peer = &node == &c.farm ? c.trade : c.farm;
      peer.clock = std::max(peer.clock, node.clock);
      peer.hold(draft.kind, statements.back());
      entries.emplace_back(&peer, peer.entries.size() - 1);
    }
    return statements.back();
  }

  void add_snapshot(const TrustState& state) { snapshots.emplace(state.digest(), to_bytes(state.bytes())); }

  [[nodiscard]] VerificationReport verified() const {
    BundleWriter writer = c.writer();
    const auto add = [](const Status& s) {
      if (!s) throw std::runtime_error(s.error().chain());
    };
    for (const Envelope& e : statements) add(writer.add_statement(e));
    for (const auto& [node, index] : entries)
      add(writer.add_proof(node->origin(), node->proof(index, node->entries.size())));
    for (const auto& [id, bytes] : snapshots) add(writer.add_snapshot(id, bytes));
    for (const Disclosure& disclosure : disclosures) add(writer.add_disclosure(disclosure));
    return verify_bundle(writer.finish().value(), c.roots());
  }
};

}  // namespace sekisho::trust::testing
