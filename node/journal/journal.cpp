#include "node/journal/journal.hpp"

#include <future>

#include "base/async/completion.hpp"
#include "node/journal/anchor.hpp"
#include "node/journal/keys.hpp"
#include "node/journal/origin.hpp"
#include "node/journal/recovery.hpp"
#include "node/journal/writer.hpp"
#include "trust/log/checkpoint.hpp"
#include "trust/log/note.hpp"

namespace sekisho::node {

class Journal::Impl {
 public:
  Impl(JournalOptions options, std::string origin, std::shared_ptr<Storage> storage, WriterState state)
      : writer(std::move(options), std::move(origin), std::move(storage), std::move(state)),
        reader(writer.storage(), writer.tree()) {}

  Writer writer;
  LogReader reader;
};

namespace {

Status check_owner(const Storage& storage, const std::string& did) {
  Result<std::optional<Bytes>> schema = storage.get(Family::Meta, as_bytes(kMetaSchema));
  if (!schema) return fail(schema.error());
  if (*schema && read_be64(**schema) > kStorageSchema) {
    return fail(Code::SchemaNewer, "the database is of schema " + std::to_string(read_be64(**schema)) +
                                       ", this program knows " + std::to_string(kStorageSchema));
  }
  Result<std::optional<Bytes>> owner = storage.get(Family::Meta, as_bytes(kMetaOwner));
  if (!owner) return fail(owner.error());
  if (*owner && as_text(**owner) != did) {
    return fail(Code::DataFolderForeign, "the database belongs to " + std::string(as_text(**owner)) + ", not to " + did);
  }
  return {};
}

Status check_no_anchor(const std::string& path) {
  Result<std::optional<AnchorSlot>> slot = read_anchor(path);
  if (!slot) return fail(slot.error());
  if (*slot) {
    return fail(Code::DatabaseRolledBack, "the database is empty, but the anchor file " + path +
                                              " shows that entries were published");
  }
  return {};
}

Result<std::string> continue_origin(const Storage& storage, const WriterState& state, const std::string& wanted) {
  Result<LogInfo> info = load_log_info(storage, state.head.log);
  if (!info) return fail(info.error());
  Result<std::string> host = origin_host(info->origin);
  Result<std::string> expected = origin_host(wanted);
  if (!expected) return fail(expected.error());
  if (!host || *host != *expected) {
    return fail(Code::DataFolderForeign, "the database holds the log " + info->origin + ", not one of " + *expected);
  }
  return info->origin;
}

// The successor must be new to the world: it follows whatever the database or the anchor file names last.
Result<std::string> next_origin(const std::string& stored, const std::string& anchor) {
  Result<std::optional<AnchorSlot>> slot = anchor.empty() ? Result<std::optional<AnchorSlot>>() : read_anchor(anchor);
  if (!slot || !*slot) return successor_origin(stored);
  Result<trust::Note> note = trust::parse_note((*slot)->note);
  if (!note) return successor_origin(stored);
  Result<trust::Checkpoint> last = trust::parse_checkpoint_text(note->text);
  if (!last) return successor_origin(stored);
  Result<trust::LogOrigin> theirs = trust::parse_log_origin(last->origin);
  Result<trust::LogOrigin> ours = trust::parse_log_origin(stored);
  if (theirs && ours && theirs->dns == ours->dns && theirs->year == ours->year && theirs->half == ours->half &&
      theirs->successor > ours->successor) {
    return successor_origin(last->origin);
  }
  return successor_origin(stored);
}

}  // namespace

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options, std::shared_ptr<Storage> storage) {
  Status owner = check_owner(*storage, options.issuer.did);
  if (!owner) return fail(owner.error());
  Result<std::optional<WriterState>> state = recover_state(*storage);
  if (!state) return fail(state.error());
  std::string origin = options.origin;
  if (!*state) {
    Result<std::string> host = origin_host(origin);
    if (!host) return fail(host.error());
    Status fresh = options.anchor.empty() ? Status() : check_no_anchor(options.anchor);
    if (!fresh) return fail(fresh.error());
    state->emplace();
  } else {
    Result<std::string> stored = continue_origin(*storage, **state, options.origin);
    if (!stored) return fail(stored.error());
    origin = std::move(*stored);
    Status anchored = options.anchor.empty()
                          ? Status()
                          : check_anchor(*storage, **state, origin, options.anchor, options.log_key);
    if (!anchored) return fail(anchored.error());
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(origin), std::move(storage), std::move(**state));
  Status started = impl->writer.start(std::nullopt);
  if (!started) return fail(started.error());
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

Result<std::unique_ptr<Journal>> Journal::open_successor(JournalOptions options, std::shared_ptr<Storage> storage,
                                                         SuccessorReason reason) {
  Status owner = check_owner(*storage, options.issuer.did);
  if (!owner) return fail(owner.error());
  Result<std::optional<WriterState>> state = recover_state(*storage);
  if (!state) return fail(state.error());
  if (!*state) return fail(Code::NotFound, "the database holds no log that a successor could follow");
  const Head last = (*state)->head;
  if (last.log == 0xffff) return fail(Code::LimitExceeded, "a database holds at most 65,536 logs");
  Result<LogInfo> info = load_log_info(*storage, last.log);
  if (!info) return fail(info.error());
  Result<std::string> origin = next_origin(info->origin, options.anchor);
  if (!origin) return fail(origin.error());

  WriterState next;
  next.head.log = static_cast<std::uint16_t>(last.log + 1);
  next.head.epoch = last.epoch;
  next.head.time = last.time;  // times rise across the logs of a node
  next.tree = GrowingTree(next.head.log, {}, {});
  const Predecessor predecessor{info->origin, last.size, last.root, std::move(reason.reason)};
  const std::string anchor = options.anchor;
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*origin), std::move(storage), std::move(next));
  Status started = impl->writer.start(predecessor);
  if (!started) return fail(started.error());
  Status retired = anchor.empty() ? Status() : retire_anchor(anchor);
  if (!retired) return fail(retired.error());
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

async::Task<Result<Committed>> Journal::commit(Unit unit) {
  async::Completion<Result<Committed>> answer;
  impl_->writer.submit(std::move(unit), [answer](Result<Committed> r) mutable { answer.set(std::move(r)); });
  return answer.wait();
}

Result<Committed> Journal::commit_blocking(Unit unit) {
  std::promise<Result<Committed>> promise;
  std::future<Result<Committed>> future = promise.get_future();
  impl_->writer.submit(std::move(unit),
                       [p = std::move(promise)](Result<Committed> r) mutable { p.set_value(std::move(r)); });
  return future.get();
}

const LogReader& Journal::reader() const { return impl_->reader; }
Head Journal::head() const { return impl_->writer.tree().head(); }
const std::string& Journal::origin() const { return impl_->writer.origin(); }
bool Journal::stopped() const { return impl_->writer.stopped(); }
void Journal::observe(std::function<void(const Head&)> on_durable) { impl_->writer.observe(std::move(on_durable)); }
bool Journal::write() { return impl_->writer.write(); }
bool Journal::queued() const { return impl_->writer.queued(); }
void Journal::stop() { impl_->writer.stop(); }

Result<std::optional<std::string>> stored_origin(const Storage& storage) {
  Result<std::optional<Bytes>> row = storage.get(Family::Meta, as_bytes(keys::kHead));
  if (!row) return fail(row.error());
  if (!*row) return std::optional<std::string>();
  Result<StoredHead> head = parse_head(**row);
  if (!head) return fail(head.error());
  Result<LogInfo> info = load_log_info(storage, head->head.log);
  if (!info) return fail(info.error());
  return std::optional<std::string>(info->origin);
}

}  // namespace sekisho::node
