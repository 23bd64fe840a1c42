// One batch in the making: the writer adds units, seals, and takes the rows to commit. Belongs to the writer thread.
//
//   Batch batch(context, state);
//   for each unit: Status added = batch.add(unit);     // a unit at fault leaves no trace
//   batch.seal(signer); rows = batch.finish();
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/random.hpp"
#include "node/journal/counters.hpp"
#include "node/journal/postings.hpp"
#include "node/journal/tree.hpp"
#include "node/journal/unit.hpp"

namespace sekisho::node {

// What every statement of the batch says.
struct BatchContext {
  std::string origin;
  trust::Issuer issuer;
  std::uint64_t snapshot_seq = 0;
  Digest snapshot_digest{};
  ClockReading clock;
  Random& random;
};

// What one batch hands to the next.
struct WriterState {
  Head head;
  GrowingTree tree;
};

class Batch {
 public:
  // `state` is changed by finish(); after a failed commit it must be derived again from the storage.
  Batch(BatchContext context, WriterState& state, Counters& counters, const Storage& storage);

  // Code::ExchangeReplayed for a lost claim, LimitExceeded for a statement or entry that is too large, or what the
  // storage says. `unit` is moved from on success.
  [[nodiscard]] Status add(Unit& unit);

  [[nodiscard]] bool empty() const { return units_.empty(); }
  [[nodiscard]] Status seal(Signer& signer);
  [[nodiscard]] std::vector<Mutation> finish();
  // After finish(), in the order of the successful add()s.
  [[nodiscard]] std::vector<Committed>& results() { return results_; }

 private:
  using UnitCounters = std::map<Digest, LastStatement>;

  [[nodiscard]] Status check_claims(const Unit& unit) const;
  [[nodiscard]] Result<CommittedEntry> assign(const EntryDraft& draft, UnitCounters& counters);
  [[nodiscard]] Status write_own(const trust::Draft& draft, CommittedEntry& entry, UnitCounters& counters);
  void encode(const EntryDraft& draft, const CommittedEntry& entry, std::vector<Mutation>& out);
  // Of the entry that was encoded last.
  void index(const EntryDraft& draft, const CommittedEntry& entry, std::vector<Mutation>& out);

  trust::Assigned assigned_;  // what every statement of the batch says; the rest is set for each
  Random& random_;
  WriterState& state_;
  Counters& counters_;
  const Storage& storage_;
  std::uint64_t next_index_;
  Instant last_time_;
  std::vector<Unit> units_;
  std::vector<Committed> results_;
  std::map<Bytes, Position> claims_;
  PostingBatch postings_;
  pb::Entry scratch_;
};

}  // namespace sekisho::node
