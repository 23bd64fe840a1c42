// One whole exchange between two nodes of two zones, with both logs, as a bundle; made without the node's code.
//
//   Crossing c;                     // terms, intent, release, receipt, and both twins
//   c.bundle()                      // what both nodes would export
//   c.farm.log, c.trade.log         // leaves, to build other proofs
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/crypto/digest.hpp"
#include "tests/support/test_zone.hpp"
#include "tests/unit/trust/evidence/drafts.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/kinds.hpp"
#include "trust/evidence/seal.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::trust::testing {

inline const Instant kNow = Instant(std::chrono::microseconds(1'795'000'000'000'000));

struct LogNode {
  const test::TestNode* node = nullptr;
  const test::TestZone* zone = nullptr;
  std::vector<Bytes> entries;
  std::map<Digest, std::pair<std::uint64_t, Digest>> chains;  // agreement → next counter, last id
  Instant clock = kNow;

  [[nodiscard]] std::string origin() const { return node->dns + "/sekisho/2026h2"; }
  [[nodiscard]] static KeySigner signer(const PrivateKey& key) {
    return KeySigner(Ed25519PrivateKey::from_seed(key.ed25519_seed().value()).value());
  }

  void append(pb::EntryKind kind, const Envelope& envelope, bool own, Instant time) {
    pb::Entry entry;
    entry.set_version(1);
    entry.set_kind(kind);
    entry.set_time_us(time.time_since_epoch().count());
    entry.set_payload(envelope.payload);
    seal_to_pb(envelope.seal, !own, *entry.mutable_seal());
    entries.push_back(to_bytes(std::string_view(entry.SerializeAsString())));
  }

  // Assigns, seals in a batch of that size, logs.
  Envelope state(const Draft& draft, std::size_t batch = 1) {
    clock += std::chrono::milliseconds(10);
    Assigned a;
    a.issuer = {node->did, node->zone, node->statement_cert};
    a.origin = origin();
    a.index = entries.size();
    a.time = clock;
    a.clock = {clock, std::chrono::milliseconds(100)};
    a.snapshot_seq = zone->state->sequence();
    a.snapshot_digest = zone->state->digest();
    a.rand.fill(static_cast<std::uint8_t>(entries.size()));
    if (draft.agreement) {
      const auto& [counter, last] = chains[*draft.agreement];
      a.counter = counter;
      if (counter > 0) a.prev = last;
    }
    Envelope out{assemble(draft, a), {}};
    const Digest id = statement_id(out.payload);
    if (draft.agreement) chains[*draft.agreement] = {*a.counter + 1, id};
    std::vector<SealInput> inputs;
    for (std::size_t i = 1; i < batch; ++i) inputs.push_back({digest_of(std::to_string(i)), {}});
    inputs.push_back({id, out.payload});
    KeySigner key = signer(node->statement_key);
    out.seal = seal_batch(inputs, key).value().back();
    append(own_entry_kind(draft.kind), out, true, clock);
    return out;
  }

  void hold(StatementKind kind, const Envelope& envelope) {
    clock += std::chrono::milliseconds(10);
    append(peer_entry_kind(kind), envelope, false, clock);
  }

  void filler(int count) {
    for (int i = 0; i < count; ++i) entries.push_back(to_bytes("filler " + std::to_string(i)));
  }

  [[nodiscard]] std::vector<Digest> leaves(std::size_t size) const {
    std::vector<Digest> out;
    for (std::size_t i = 0; i < size; ++i) out.push_back(leaf_hash(entries[i]));
    return out;
  }

  [[nodiscard]] LogProof proof(std::uint64_t index, std::size_t size) const {
    KeySigner key = signer(node->log_key);
    const std::vector<Digest> all = leaves(size);
    std::vector<Digest> path;
    if (index < size) path = inclusion_path(all, index);
    return {entries[index], index, path, sign_checkpoint({origin(), size, tree_root(all), ""}, key).value()};
  }
};

struct Crossing {
  test::TestZones zones;
  LogNode farm, trade;
  Digest salt = digest_of("salt");
  Bytes data = to_bytes("{\"crop\":\"rice\"}\n");
  Envelope terms, intent, release, receipt;

  // Changes drafts before they are sealed, by the name of their kind.
  using Alter = std::map<StatementKind, std::function<void(Draft&)>>;
  // Sets a clock forward, just before a statement of that kind is made.
  using Shift = std::map<StatementKind, std::pair<std::chrono::minutes, std::chrono::minutes>>;  // farm's, trade's
  explicit Crossing(const Alter& alter = {}, const Shift& shift = {}) : zones(test::make_test_zones(kNow - std::chrono::minutes(5))) {
    farm.node = &zones.farm;
    farm.zone = &zones.jp;
    trade.node = &zones.trade;
    trade.zone = &zones.eu;
    farm.filler(3);
    trade.filler(5);
    const auto made = [&](StatementKind kind, Draft draft) {
      if (const auto it = alter.find(kind); it != alter.end()) it->second(draft);
      if (const auto it = shift.find(kind); it != shift.end()) {
        farm.clock += it->second.first;
        trade.clock += it->second.second;
      }
      return draft;
    };
    Draft draft = draft_of(StatementKind::Terms);
    terms = farm.state(made(StatementKind::Terms, draft));
    trade.hold(StatementKind::Terms, terms);

    draft = draft_of(StatementKind::Intent);
    intent = trade.state(made(StatementKind::Intent, draft));
    if (!shift.contains(StatementKind::Intent)) farm.clock = trade.clock;

    draft = draft_of(StatementKind::Release);
    draft.subject[0].commitment = commit(salt, data).value;
    draft.members["terms"] = to_hex(statement_id(terms.payload));
    draft.members["intent"] = to_hex(statement_id(intent.payload));
    for (const char* name : {"parents", "retryOf", "resumeOf"}) draft.members.erase(name);
    release = farm.state(made(StatementKind::Release, draft), 3);
    if (!shift.contains(StatementKind::Release)) trade.clock = std::max(trade.clock, farm.clock);
    trade.hold(StatementKind::Release, release);

    draft = draft_of(StatementKind::Receipt);
    draft.members["of"] = to_hex(statement_id(release.payload));
    draft.members["bytes"] = data.size();
    draft.members["commitment"] = to_hex(commit(salt, data).value);
    receipt = trade.state(made(StatementKind::Receipt, draft), 2);
    farm.hold(StatementKind::Receipt, receipt);
    farm.filler(2);
    trade.filler(1);
  }

  [[nodiscard]] std::map<std::string, Digest> roots() const {
    return {{"jp", zones.jp.state->root_digest()}, {"eu", zones.eu.state->root_digest()}};
  }

  // All members but those whose proof index is named in `without`.
  [[nodiscard]] BundleWriter writer() const {
    BundleWriter out;
    const auto add = [](Status s) {
      if (!s) throw std::runtime_error(s.error().chain());
    };
    for (const Envelope* e : {&terms, &intent, &release, &receipt}) add(out.add_statement(*e));
    for (const LogNode* n : {&farm, &trade}) {
      add(out.add_chain(n->node->statement_chain));
      add(out.add_snapshot(n->zone->state->digest(), n->zone->state->bytes()));
    }
    for (const std::uint64_t index : {3U, 4U, 5U})
      add(out.add_proof(farm.origin(), farm.proof(index, farm.entries.size())));
    for (const std::uint64_t index : {5U, 6U, 7U, 8U})
      add(out.add_proof(trade.origin(), trade.proof(index, trade.entries.size())));
    add(out.add_disclosure({statement_id(release.payload), salt, data}));
    return out;
  }
  [[nodiscard]] Bytes bundle() const { return writer().finish().value(); }
};

}  // namespace sekisho::trust::testing
