#include "node/audit/query.hpp"

#include <algorithm>
#include <deque>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/audit/closed_logs.hpp"
#include "node/audit/exchange_entries.hpp"
#include "node/audit/filter_tokens.hpp"
#include "node/audit/worth.hpp"
#include "trust/evidence/statement.hpp"
#include "trust/log/tree_hash.hpp"

namespace sekisho::node {

namespace {
constexpr std::size_t kPage = 256;
}

class AuditQuery::Impl {
 public:
  Impl(const LogReader& r, const Storage& s, std::shared_ptr<const Published> at, AuditFilter f)
      : reader(r), storage(s), current(std::move(at)), filter(std::move(f)), tokens(filter_tokens(filter)) {}

  Result<std::optional<AuditMatch>> next();

  Worth worth;
  Digest answer{};

 private:
  // A log of this node, as far as a checkpoint of it proves.
  struct Segment {
    Published checkpoint;
    Position next = 0;
    Position end = 0;
  };

  Status plan();
  Status bound(Segment& segment) const;
  Status fill(Segment& segment);
  Status fill_from_exchange(Segment& segment);
  void fill_in_order(Segment& segment);
  [[nodiscard]] bool matches(const StoredEntry& entry) const;
  Result<AuditMatch> complete(StoredEntry entry, const Published& checkpoint);

  const LogReader& reader;
  const Storage& storage;
  const std::shared_ptr<const Published> current;
  const AuditFilter filter;
  const std::vector<FilterToken> tokens;
  bool planned = false;
  std::deque<Segment> segments;
  std::deque<Position> page;
};

Status AuditQuery::Impl::plan() {
  planned = true;
  Result<std::vector<Published>> logs = proven_logs(reader, storage, *current);
  if (!logs) return fail(logs.error());
  for (Published& checkpoint : *logs) {
    Segment segment;
    segment.checkpoint = std::move(checkpoint);
    Status bounded = bound(segment);
    if (!bounded) return bounded;
    worth.checkpoints.push_back(segment.checkpoint);
    segments.push_back(std::move(segment));
  }
  return {};
}

Status AuditQuery::Impl::bound(Segment& segment) const {
  const std::uint16_t log = segment.checkpoint.log;
  Result<std::uint64_t> durable = reader.size(log);
  if (!durable) return fail(durable.error());
  segment.next = make_position(log, 0);
  segment.end = make_position(log, std::min(segment.checkpoint.size, *durable));
  if (filter.since) {
    Result<Position> first = reader.first_not_before(log, *filter.since);
    if (!first) return fail(first.error());
    segment.next = *first;
  }
  if (filter.until) {
    Result<Position> beyond = reader.first_not_before(log, *filter.until);
    if (!beyond) return fail(beyond.error());
    segment.end = std::min(segment.end, *beyond);
  }
  return {};
}

void AuditQuery::Impl::fill_in_order(Segment& segment) {
  while (page.size() < kPage && segment.next < segment.end) page.push_back(segment.next++);
}

Status AuditQuery::Impl::fill_from_exchange(Segment& segment) {
  Result<std::vector<Position>> found = exchange_entries(reader, *filter.exchange);
  if (!found) return fail(found.error());
  for (const Position at : *found) {
    if (at >= segment.next && at < segment.end) page.push_back(at);
  }
  segment.next = segment.end;
  return {};
}

Status AuditQuery::Impl::fill(Segment& segment) {
  if (filter.exchange) return fill_from_exchange(segment);
  if (tokens.empty()) {
    fill_in_order(segment);
    return {};
  }
  const FilterToken& lead = tokens.front();
  Status scanned = reader.postings(lead.dimension, lead.text, segment.next, [&](Position at) {
    if (at >= segment.end) return false;
    page.push_back(at);
    return page.size() < kPage;
  });
  if (!scanned) return scanned;
  segment.next = page.size() < kPage ? segment.end : page.back() + 1;
  return {};
}

bool AuditQuery::Impl::matches(const StoredEntry& entry) const {
  if (filter.exchange && entry.entry.exchange() != as_text(BytesView(filter.exchange->octets))) return false;
  return std::ranges::all_of(tokens, [&](const FilterToken& t) { return carries(entry.entry, t); });
}

Result<AuditMatch> AuditQuery::Impl::complete(StoredEntry entry, const Published& checkpoint) {
  AuditMatch match;
  match.origin = checkpoint.origin;
  match.index = index_of(entry.position);
  if (!entry.entry.payload().empty()) {
    Result<trust::Envelope> envelope = reader.envelope(entry.position);
    if (!envelope) return fail(envelope.error());
    match.statement = trust::statement_id(envelope->payload);
    match.envelope = std::move(*envelope);
  }
  Result<std::string> proof = reader.tlog_proof(entry.position, checkpoint.note);
  if (!proof) return fail(proof.error());
  match.proof = std::move(*proof);
  Status counted = worth.count(reader, entry.entry);
  if (!counted) return fail(counted.error());
  answer = sha256({BytesView(answer), BytesView(trust::leaf_hash(entry.bytes))});
  match.entry = std::move(entry);
  return match;
}

Result<std::optional<AuditMatch>> AuditQuery::Impl::next() {
  if (!planned) {
    Status ready = plan();
    if (!ready) return fail(ready.error());
  }
  while (!segments.empty()) {
    Segment& segment = segments.front();
    while (!page.empty()) {
      const Position at = page.front();
      page.pop_front();
      Result<StoredEntry> entry = reader.entry(at);
      if (!entry) return fail(entry.error());
      if (!matches(*entry)) continue;
      Result<AuditMatch> match = complete(std::move(*entry), segment.checkpoint);
      if (!match) return fail(match.error());
      return std::optional<AuditMatch>(std::move(*match));
    }
    if (segment.next >= segment.end) {
      segments.pop_front();
      continue;
    }
    Status filled = fill(segment);
    if (!filled) return fail(filled.error());
  }
  return std::optional<AuditMatch>();
}

AuditQuery::AuditQuery(const LogReader& reader, const Storage& storage, std::shared_ptr<const Published> at,
                       AuditFilter filter)
    : impl_(std::make_unique<Impl>(reader, storage, std::move(at), std::move(filter))) {}
AuditQuery::~AuditQuery() = default;

Result<std::optional<AuditMatch>> AuditQuery::next() { return impl_->next(); }
std::uint64_t AuditQuery::matches() const { return impl_->worth.matches; }
JsonObject AuditQuery::worth() const { return to_json(impl_->worth); }
Digest AuditQuery::answer_digest() const { return impl_->answer; }

}  // namespace sekisho::node
