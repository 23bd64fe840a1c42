#include "node/audit/exchange_entries.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {
namespace {

// Appends what lies from the opening to `last` under the opening's agreement and is of the exchange.
Status add_stream(const LogReader& reader, Position opening, Position last, std::vector<Position>& out) {
  Result<StoredEntry> open = reader.entry(opening);
  if (!open) return fail(open.error());
  Result<trust::Statement> statement = trust::parse_statement(open->entry.payload());
  if (!statement) return fail(Code::DatabaseDamaged, "the opening of a stream does not read", statement.error());
  if (!statement->agreement) return {};
  Status fault;
  Status scanned = reader.postings(Dimension::Agreement, to_hex(*statement->agreement), opening, [&](Position at) {
    if (at > last) return false;
    Result<StoredEntry> entry = reader.entry(at);
    if (!entry) fault = fail(entry.error());
    if (entry && entry->entry.exchange() == open->entry.exchange()) out.push_back(at);
    return entry.has_value();
  });
  return fault ? scanned : fault;
}

}  // namespace

Result<std::vector<Position>> exchange_entries(const LogReader& reader, const Uuid& exchange) {
  std::vector<Position> out, openings;
  for (int kind = pb::EntryKind_MIN; kind <= pb::EntryKind_MAX; ++kind) {
    if (!pb::EntryKind_IsValid(kind)) continue;
    Result<std::vector<Position>> found = reader.find_all(static_cast<pb::EntryKind>(kind), exchange);
    if (!found) return fail(found.error());
    out.insert(out.end(), found->begin(), found->end());
    if (kind == pb::STREAM_OPEN_OUT || kind == pb::STREAM_OPEN_IN)
      openings.insert(openings.end(), found->begin(), found->end());
  }
  const Position last = out.empty() ? 0 : std::ranges::max(out);
  for (const Position opening : openings) {
    Status added = add_stream(reader, opening, last, out);
    if (!added) return fail(added.error());
  }
  std::ranges::sort(out);
  const auto doubled = std::ranges::unique(out);
  out.erase(doubled.begin(), doubled.end());
  return out;
}

}  // namespace sekisho::node
