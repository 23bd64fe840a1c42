#include "tests/integration/crash/oracle.hpp"

#include <charconv>

#include "base/core/encoding.hpp"
#include "node/journal/counters.hpp"
#include "node/journal/scrub.hpp"

namespace sekisho::node::crash {

namespace {

using Verdict = Released::Verdict;

void check_entries(const LogReader& reader, const std::map<std::uint64_t, std::string>& entries, Verdict& verdict) {
  for (const auto& [index, id] : entries) {
    Result<StoredEntry> entry = reader.entry(index);
    if (entry && to_hex(trust::statement_id(entry->entry.payload())) == id) {
      ++verdict.found;
    } else {
      ++verdict.lost;
      verdict.reason = "entry " + std::to_string(index) + " was acknowledged and is not there";
    }
  }
}

void check_checkpoints(const LogReader& reader, const std::map<std::uint64_t, std::string>& checkpoints,
                       Verdict& verdict) {
  for (const auto& [size, root] : checkpoints) {
    Result<Digest> now = reader.root(0, size);
    if (now && to_hex(*now) == root) continue;
    ++verdict.inconsistent;
    verdict.reason = "the checkpoint of size " + std::to_string(size) + " was released and is of another tree";
  }
}

// The quota row was written in the same unit as the statement: it must be the counter of the newest one, plus one.
void check_quota(const Storage& storage, Verdict& verdict) {
  for (std::uint8_t agreement = 1; agreement <= 3; ++agreement) {
    Result<std::optional<Bytes>> row = storage.get(Family::Counter, Digest{agreement});
    Result<std::optional<Bytes>> used = storage.get(Family::Quota, Bytes{agreement});
    if (!row || !used) {
      ++verdict.quota;
    } else if (row->has_value() != used->has_value()) {
      ++verdict.quota;
    } else if (*row && parse_last_statement(**row)->counter + 1 != read_be64(**used)) {
      ++verdict.quota;
    }
  }
}

}  // namespace

void Released::take_line(std::string_view line) {
  if (line.size() < 4 || (line[0] != 'E' && line[0] != 'C')) return;
  std::uint64_t number = 0;
  const auto read = std::from_chars(line.data() + 2, line.data() + line.size(), number);
  const std::string hex(read.ptr + 1, line.data() + line.size());
  (line[0] == 'E' ? entries_ : checkpoints_)[number] = hex;
}

void Released::read(std::string_view octets) {
  rest_ += octets;
  std::size_t start = 0;
  for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
    take_line(std::string_view(rest_).substr(start, end - start));
    start = end + 1;
  }
  rest_.erase(0, start);
}

Verdict Released::judge(const std::string& folder) const {
  Verdict verdict;
  Result<CrashNode> node = CrashNode::open_to_check(folder);
  if (!node) {
    verdict.refused = 1;
    verdict.lost = entries_.size();
    verdict.reason = node.error().chain();
    return verdict;
  }
  check_entries(node->journal->reader(), entries_, verdict);
  check_checkpoints(node->journal->reader(), checkpoints_, verdict);
  check_quota(*node->storage, verdict);
  Result<ScrubReport> report = scrub(*node->storage, {statement_signer()->public_key(), {}});
  if (!report) {
    ++verdict.gaps;
    verdict.reason = report.error().chain();
  }
  return verdict;
}

}  // namespace sekisho::node::crash
