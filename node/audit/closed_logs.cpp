#include "node/audit/closed_logs.hpp"

#include "node/audit/checkpoints.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::node {
namespace {

Result<Published> sign_whole(const LogReader& reader, const LogInfo& log, Signer& log_signer) {
  const Result<Digest> root = reader.root(log.number, *log.closed_size);
  if (!root) return fail(root.error());
  Result<std::string> note = trust::sign_checkpoint({log.origin, *log.closed_size, *root, ""}, log_signer);
  if (!note) return fail(note.error());
  return Published{log.number, log.origin, *log.closed_size, *root, std::move(*note)};
}

}  // namespace

Status keep_closed_logs(Journal& journal, const Storage& storage, Signer& log_signer) {
  const LogReader& reader = journal.reader();
  const Result<std::vector<LogInfo>> logs = reader.logs();
  if (!logs) return fail(logs.error());
  Unit unit;
  for (const LogInfo& log : *logs) {
    if (!log.closed_size) continue;
    const Result<std::optional<Published>> kept = newest_checkpoint(storage, log);
    if (!kept) return fail(kept.error());
    if (*kept && (*kept)->size == *log.closed_size) continue;
    const Result<Published> whole = sign_whole(reader, log, log_signer);
    if (!whole) return fail(whole.error());
    unit.mutations.push_back(keep_checkpoint(*whole));
  }
  if (unit.mutations.empty()) return {};
  const Result<Committed> done = journal.commit_blocking(std::move(unit));
  if (!done) return fail(done.error());
  return {};
}

Result<std::vector<Published>> proven_logs(const LogReader& reader, const Storage& storage, const Published& current) {
  const Result<std::vector<LogInfo>> logs = reader.logs();
  if (!logs) return fail(logs.error());
  std::vector<Published> out;
  for (const LogInfo& log : *logs) {
    if (log.number == current.log) {
      out.push_back(current);
      continue;
    }
    Result<std::optional<Published>> kept = newest_checkpoint(storage, log);
    if (!kept) return fail(kept.error());
    if (*kept) out.push_back(std::move(**kept));
  }
  return out;
}

}  // namespace sekisho::node
