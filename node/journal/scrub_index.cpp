#include "node/journal/scrub_index.hpp"

#include "base/crypto/digest.hpp"
#include "node/journal/entry.hpp"
#include "node/journal/postings.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

namespace {

Error damaged(const std::string& why) { return {Code::DatabaseDamaged, why}; }

constexpr std::size_t kSchema1ExchangeKey = 18;

Bytes exchange_key(const pb::Entry& entry) {
  Uuid exchange;
  std::memcpy(exchange.octets.data(), entry.exchange().data(), exchange.octets.size());
  return keys::by_exchange(static_cast<int>(entry.kind()), exchange, counterparty(entry));
}

Status check_unique_row(const Storage& storage, BytesView key, BytesView value) {
  if (value.size() != 8) return fail(damaged("an index row has another length"));
  Result<std::optional<Bytes>> row = storage.get(Family::Entry, value);
  if (!row) return fail(row.error());
  Result<pb::Entry> entry = *row ? decode_entry(**row) : Result<pb::Entry>(fail(damaged("no such entry")));
  if (!entry) return fail(Code::DatabaseDamaged, "an index row points to no entry", entry.error());
  Bytes expected;
  if (!key.empty() && key[0] == 1 && entry->exchange().size() == 16) {
    expected = exchange_key(*entry);
    if (key.size() == kSchema1ExchangeKey) expected.resize(kSchema1ExchangeKey);
  } else if (!entry->payload().empty()) {
    expected = keys::by_statement(trust::statement_id(entry->payload()), static_cast<int>(entry->kind()));
  }
  if (BytesView(expected).size() != key.size() || std::memcmp(expected.data(), key.data(), key.size()) != 0) {
    return fail(damaged("an index row points to an entry that it does not describe"));
  }
  return {};
}

Result<bool> points_at_or_behind(const Storage& storage, const Bytes& key, Position at) {
  Result<std::optional<Bytes>> row = storage.get(Family::Unique, key);
  if (!row) return fail(row.error());
  return *row && read_be64(**row) >= at;
}

// Under its own key, or under that of schema 1.
Result<bool> found_by_exchange(const Storage& storage, const pb::Entry& entry, Position at) {
  Bytes key = exchange_key(entry);
  Result<bool> found = points_at_or_behind(storage, key, at);
  if (!found || *found) return found;
  key.resize(kSchema1ExchangeKey);
  return points_at_or_behind(storage, key, at);
}

Status present(const Result<bool>& found, Position at) {
  if (!found) return fail(found.error());
  if (!*found) return fail(damaged("the index row of entry " + std::to_string(index_of(at)) + " is missing"));
  return {};
}

}  // namespace

void PostingSum::add(BytesView prefix, Position at) {
  const Digest d = sha256({prefix, BytesView(be64(at))});
  ++count_;
  sum_ += read_be64(BytesView(d));
  mixed_ += read_be64(BytesView(d).subspan(8));
}

Status check_entry_rows(const Storage& storage, const pb::Entry& entry, const Digest& statement, Position at) {
  if (entry.exchange().size() == 16) {
    Status found = present(found_by_exchange(storage, entry, at), at);
    if (!found) return found;
  }
  if (entry.payload().empty()) return {};
  const int kind = static_cast<int>(entry.kind());
  return present(points_at_or_behind(storage, keys::by_statement(statement, kind), at), at);
}

Status check_indexes(const Storage& storage, const PostingSum& expected, ScrubReport& report) {
  PostingSum found;
  Status fault;
  Status scanned = storage.scan(Family::Posting, {}, {}, [&](BytesView key, BytesView value) {
    Result<std::vector<Position>> chunk = parse_postings(key, value);
    if (!chunk) {
      fault = fail(chunk.error());
      return false;
    }
    for (const Position at : *chunk) found.add(key.first(kPostingPrefix), at);
    return true;
  });
  if (!scanned) return scanned;
  if (!fault) return fault;
  if (found != expected) return fail(damaged("the postings are not those of the entries"));
  report.postings = found.count();

  scanned = storage.scan(Family::Unique, {}, {}, [&](BytesView key, BytesView value) {
    fault = check_unique_row(storage, key, value);
    return fault.has_value();
  });
  if (!scanned) return scanned;
  return fault;
}

}  // namespace sekisho::node
