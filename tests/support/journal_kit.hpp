// What tests of the journal and of the rooms above it need: a node's keys, options and drafts, all deterministic.
#pragma once

#include <memory>
#include <string>

#include "base/core/clock.hpp"
#include "base/core/encoding.hpp"
#include "base/core/random.hpp"
#include "base/crypto/signer.hpp"
#include "node/journal/journal.hpp"
#include "node/journal/memory_storage.hpp"
#include "node/journal/origin.hpp"

namespace sekisho::node::testing {

inline const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};

struct JournalKit {
  std::string dns = "farm.jp.example";
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(kNow);
  std::shared_ptr<ManualRandom> random = std::make_shared<ManualRandom>(7);
  std::shared_ptr<KeySigner> statement = signer(1);
  std::shared_ptr<KeySigner> log = signer(2);

  [[nodiscard]] static std::shared_ptr<KeySigner> signer(std::uint8_t seed) {
    const Bytes octets(32, seed);
    return std::make_shared<KeySigner>(Ed25519PrivateKey::from_seed(octets).value());
  }

  [[nodiscard]] JournalOptions options(std::string anchor = {}) const {
    JournalOptions out;
    out.origin = log_origin(dns, kNow);
    out.issuer = {"did:web:" + dns, "jp", Digest{9}};
    out.statement_signer = statement;
    out.log_key = log->public_key();
    out.anchor = std::move(anchor);
    out.build_id = "test";
    out.snapshot = [] { return SnapshotRef{4, Digest{5}}; };
    out.clock = clock;
    out.random = random;
    return out;
  }
};

inline Uuid exchange_id(std::uint64_t n) {
  const auto tail = be64(n);
  Bytes random(10, 0x55);
  std::memcpy(random.data() + 2, tail.data(), tail.size());
  return make_uuid_v7(kNow, random);
}

// An INTENT statement, under an agreement when one is given.
inline EntryDraft intent(std::uint64_t n, std::optional<Digest> agreement = std::nullopt) {
  EntryDraft draft;
  draft.kind = pb::INTENT;
  draft.exchange = exchange_id(n);
  trust::Draft own;
  own.kind = trust::StatementKind::Intent;
  own.agreement = agreement;
  own.members = {{"exchange", to_text(draft.exchange)},
                 {"provider", JsonObject{{"did", "did:web:trade.eu.example"}, {"zone", "eu"}}},
                 {"request", to_hex(Digest{3})},
                 {"purpose", "urn:purpose:research"}};
  draft.content = std::move(own);
  draft.tokens = {{Dimension::Purpose, "urn:purpose:research"},
                  {Dimension::Dataset, "cold-chain"},
                  {Dimension::Counterparty, "did:web:trade.eu.example"},
                  {Dimension::ZonePair, zone_pair("jp", "eu")}};
  return draft;
}

inline Unit one(EntryDraft draft) {
  Unit unit;
  unit.entries.push_back(std::move(draft));
  return unit;
}

}  // namespace sekisho::node::testing
