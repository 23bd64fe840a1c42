#include "node/journal/counters.hpp"

namespace sekisho::node {

namespace {
constexpr std::size_t kKnown = 4096;
}

Bytes serialise(const LastStatement& last) {
  Bytes out;
  append(out, be64(last.counter));
  append(out, last.id);
  return out;
}

Result<LastStatement> parse_last_statement(BytesView row) {
  LastStatement out;
  if (row.size() != 8 + out.id.size()) return fail(Code::DatabaseDamaged, "a counter's row has another length");
  out.counter = read_be64(row);
  std::memcpy(out.id.data(), row.data() + 8, out.id.size());
  return out;
}

Result<std::optional<LastStatement>> Counters::last(const Digest& agreement) {
  if (const auto staged = staged_.find(agreement); staged != staged_.end()) return std::optional(staged->second);
  if (const auto known = known_.find(agreement); known != known_.end()) return std::optional(known->second);
  Result<std::optional<Bytes>> row = storage_.get(Family::Counter, agreement);
  if (!row) return fail(row.error());
  if (!*row) return std::optional<LastStatement>();
  Result<LastStatement> last = parse_last_statement(**row);
  if (!last) return fail(last.error());
  if (known_.size() >= kKnown) known_.clear();
  known_[agreement] = *last;
  return std::optional(*last);
}

void Counters::drain(std::vector<Mutation>& out) const {
  for (const auto& [agreement, last] : staged_) {
    out.push_back({Family::Counter, to_bytes(BytesView(agreement)), serialise(last)});
  }
}

void Counters::settle() {
  if (known_.size() + staged_.size() > kKnown) known_.clear();
  for (const auto& [agreement, last] : staged_) known_[agreement] = last;
  staged_.clear();
}

void Counters::forget() {
  staged_.clear();
  known_.clear();
}

}  // namespace sekisho::node
