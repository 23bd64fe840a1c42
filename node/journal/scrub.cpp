#include "node/journal/scrub.hpp"

#include "node/journal/keys.hpp"
#include "node/journal/recovery.hpp"
#include "node/journal/scrub_index.hpp"
#include "node/journal/scrub_log.hpp"

namespace sekisho::node {

namespace {

Status check_counters(const Storage& storage, const ScrubCounters& seen) {
  std::optional<Error> fault;
  std::size_t rows = 0;
  Status scanned = storage.scan(Family::Counter, {}, {}, [&](BytesView key, BytesView value) {
    Digest agreement{};
    Result<LastStatement> last = parse_last_statement(value);
    const bool reads = key.size() == agreement.size() && last.has_value();
    if (reads) std::memcpy(agreement.data(), key.data(), agreement.size());
    const auto found = reads ? seen.find(agreement) : seen.end();
    if (found == seen.end() || found->second.counter != last->counter || found->second.id != last->id) {
      fault = Error(Code::DatabaseDamaged, "a counter's row is not that of the newest statement");
      return false;
    }
    ++rows;
    return true;
  });
  if (fault) return fail(std::move(*fault));
  if (scanned && rows != seen.size()) return fail(Code::DatabaseDamaged, "a counter's row is missing");
  return scanned;
}

}  // namespace

Result<ScrubReport> scrub(const Storage& storage, const ScrubOptions& options) {
  Result<std::optional<WriterState>> state = recover_state(storage);
  if (!state) return fail(state.error());
  if (!*state) return fail(Code::NotFound, "the database holds no log");
  ScrubReport report;
  report.head = (*state)->head;
  ScrubCounters counters;
  PostingSum expected;
  for (std::uint32_t number = 0; number <= report.head.log; ++number) {
    const std::uint16_t log = static_cast<std::uint16_t>(number);
    Result<LogInfo> info = load_log_info(storage, log);
    if (!info) return fail(info.error());
    const bool current = log == report.head.log;
    if (current) report.origin = info->origin;
    ScrubLog one(storage, *info, current ? report.head.size : info->closed_size.value_or(0));
    Status checked = one.run(options, current, counters, expected, report);
    if (!checked) return fail(checked.error());
    if (current && (one.root() != report.head.root || one.last_time() != report.head.time)) {
      return fail(Code::DatabaseDamaged, "the head is not that of the entries");
    }
  }
  Status counted = check_counters(storage, counters);
  if (!counted) return fail(counted.error());
  Status indexed = check_indexes(storage, expected, report);
  if (!indexed) return fail(indexed.error());
  return report;
}

}  // namespace sekisho::node
