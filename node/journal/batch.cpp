#include "node/journal/batch.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "node/journal/entry.hpp"
#include "node/journal/keys.hpp"
#include "trust/evidence/envelope.hpp"

namespace sekisho::node {

namespace {

Error replayed(Position at) {
  return Error(Code::ExchangeReplayed, "the claim is held by entry " + std::to_string(index_of(at)))
      .with("index", std::to_string(at));
}

bool is_nil(const Uuid& id) { return id == Uuid{}; }

std::string octets(BytesView bytes) { return std::string(as_text(bytes)); }

}  // namespace

Batch::Batch(BatchContext context, WriterState& state, Counters& counters, const Storage& storage)
    : assigned_{std::move(context.issuer), std::move(context.origin), 0,  {},           context.clock,
                context.snapshot_seq,      context.snapshot_digest,   {}, std::nullopt, std::nullopt},
      random_(context.random),
      state_(state),
      counters_(counters),
      storage_(storage),
      next_index_(state.head.size),
      last_time_(state.head.time) {}

Status Batch::check_claims(const Unit& unit) const {
  for (const Claim& claim : unit.claims) {
    if (const auto held = claims_.find(claim.key); held != claims_.end()) return fail(replayed(held->second));
    Result<std::optional<Bytes>> row = storage_.get(Family::Exchange, claim.key);
    if (!row) return fail(row.error());
    if (*row) return fail(replayed(read_be64(**row)));
  }
  return {};
}

Status Batch::write_own(const trust::Draft& draft, CommittedEntry& entry, UnitCounters& counters) {
  assigned_.index = entry.index;
  assigned_.time = entry.time;
  random_.fill(assigned_.rand);
  assigned_.counter.reset();
  assigned_.prev.reset();
  if (draft.agreement) {
    std::optional<LastStatement> last;
    if (const auto own = counters.find(*draft.agreement); own != counters.end()) {
      last = own->second;
    } else {
      Result<std::optional<LastStatement>> known = counters_.last(*draft.agreement);
      if (!known) return fail(known.error());
      last = *known;
    }
    assigned_.counter = last ? last->counter + 1 : 0;
    if (last) assigned_.prev = last->id;
  }
  entry.payload = trust::assemble(draft, assigned_);
  if (entry.payload.size() > trust::kMaxPayloadBytes) {
    return fail(Code::LimitExceeded, "a statement over " + std::to_string(trust::kMaxPayloadBytes) + " octets");
  }
  entry.id = trust::statement_id(entry.payload);
  if (draft.agreement) counters[*draft.agreement] = {*assigned_.counter, entry.id};
  return {};
}

Result<CommittedEntry> Batch::assign(const EntryDraft& draft, UnitCounters& counters) {
  CommittedEntry entry;
  entry.index = next_index_;
  entry.position = make_position(state_.head.log, next_index_);
  entry.time = std::max(assigned_.clock.now, last_time_ + std::chrono::microseconds(1));
  if (const auto* own = std::get_if<trust::Draft>(&draft.content)) {
    Status written = write_own(*own, entry, counters);
    if (!written) return fail(written.error());
  } else if (const auto* foreign = std::get_if<Foreign>(&draft.content)) {
    entry.id = trust::statement_id(foreign->payload);
  }
  ++next_index_;
  last_time_ = entry.time;
  return entry;
}

Status Batch::add(Unit& unit) {
  Status claimed = check_claims(unit);
  if (!claimed) return claimed;
  const std::uint64_t first = next_index_;
  const Instant before = last_time_;
  UnitCounters counters;
  Committed result;
  result.entries.reserve(unit.entries.size());
  for (const EntryDraft& draft : unit.entries) {
    Result<CommittedEntry> entry = assign(draft, counters);
    if (!entry) {
      next_index_ = first;
      last_time_ = before;
      return fail(entry.error());
    }
    result.entries.push_back(std::move(*entry));
  }
  for (const auto& [agreement, last] : counters) counters_.stage(agreement, last);
  for (const Claim& claim : unit.claims)
    claims_.emplace(claim.key, make_position(state_.head.log, first + claim.entry));
  units_.push_back(std::move(unit));
  results_.push_back(std::move(result));
  return {};
}

Status Batch::seal(Signer& signer) {
  std::vector<trust::SealInput> inputs;
  std::vector<CommittedEntry*> own;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    for (std::size_t e = 0; e < units_[u].entries.size(); ++e) {
      CommittedEntry& entry = results_[u].entries[e];
      if (!std::holds_alternative<trust::Draft>(units_[u].entries[e].content)) continue;
      inputs.push_back({entry.id, entry.payload});
      own.push_back(&entry);
    }
  }
  if (own.empty()) return {};
  Result<std::vector<trust::Seal>> seals = trust::seal_batch(inputs, signer);
  if (!seals) return fail(seals.error());
  for (std::size_t i = 0; i < own.size(); ++i) own[i]->seal = std::move((*seals)[i]);
  return {};
}

void Batch::encode(const EntryDraft& draft, const CommittedEntry& entry, std::vector<Mutation>& out) {
  scratch_.Clear();
  scratch_.set_version(kEntryVersion);
  scratch_.set_kind(draft.kind);
  scratch_.set_time_us(entry.time.time_since_epoch().count());
  if (!is_nil(draft.exchange)) scratch_.set_exchange(octets(draft.exchange.octets));
  std::optional<Digest> agreement = draft.agreement;
  if (const auto* own = std::get_if<trust::Draft>(&draft.content)) {
    if (own->agreement) agreement = own->agreement;
    scratch_.set_payload(entry.payload);
    trust::seal_to_pb(entry.seal, false, *scratch_.mutable_seal());
  } else if (const auto* foreign = std::get_if<Foreign>(&draft.content)) {
    scratch_.set_payload(foreign->payload);
    trust::seal_to_pb(foreign->seal, true, *scratch_.mutable_seal());
  } else {
    scratch_.set_detail(std::get<std::string>(draft.content));
  }
  if (agreement) scratch_.set_agreement(octets(*agreement));

  const auto tag = [&](Dimension dimension, std::string_view text) {
    const TokenValue value = token(dimension, text);
    pb::Token& added = *scratch_.add_tokens();
    added.set_dimension(static_cast<std::uint32_t>(dimension));
    added.set_value(octets(value));
    postings_.add(dimension, value, entry.position);
  };
  tag(Dimension::Kind, std::to_string(static_cast<int>(draft.kind)));
  if (agreement) tag(Dimension::Agreement, to_hex(*agreement));
  for (const auto& [dimension, text] : draft.tokens) tag(dimension, text);

  Bytes bytes = encode_entry(scratch_);
  state_.tree.append(trust::leaf_hash(bytes));
  out.push_back({Family::Entry, keys::entry(entry.position), std::move(bytes)});
}

void Batch::index(const EntryDraft& draft, const CommittedEntry& entry, std::vector<Mutation>& out) {
  const int kind = static_cast<int>(draft.kind);
  if (!is_nil(draft.exchange)) {
    out.push_back(
        {Family::Unique, keys::by_exchange(kind, draft.exchange, counterparty(scratch_)), keys::entry(entry.position)});
  }
  if (entry.id != Digest{}) {
    out.push_back({Family::Unique, keys::by_statement(entry.id, kind), keys::entry(entry.position)});
  }
}

std::vector<Mutation> Batch::finish() {
  std::vector<Mutation> out;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    Unit& unit = units_[u];
    for (std::size_t e = 0; e < unit.entries.size(); ++e) {
      encode(unit.entries[e], results_[u].entries[e], out);
      index(unit.entries[e], results_[u].entries[e], out);
    }
    if (unit.derive) unit.derive(results_[u].entries, unit.mutations);
    std::ranges::move(unit.mutations, std::back_inserter(out));
  }
  for (const auto& [key, position] : claims_) out.push_back({Family::Exchange, key, keys::entry(position)});
  postings_.drain(out);
  counters_.drain(out);
  state_.tree.drain(out);
  state_.head.size = next_index_;
  state_.head.time = last_time_;
  state_.head.root = state_.tree.frontier().root();
  out.push_back({Family::Meta, to_bytes(keys::kHead), serialise_head({state_.head, state_.tree.frontier()})});
  return out;
}

}  // namespace sekisho::node
