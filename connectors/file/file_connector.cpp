#include "connectors/file/file_connector.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <system_error>

#include "base/async/run_blocking.hpp"
#include "connectors/file/file_cursor.hpp"
#include "connectors/file/line_file.hpp"
#include "connectors/file/opaque_reader.hpp"

namespace sekisho::connectors {

namespace {

namespace fs = std::filesystem;

// The files of a source, in the order they are read.
Result<std::vector<fs::path>> list_files(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error || !fs::exists(status)) return fail(Code::SourceFailed, "there is no " + path.string());
  if (!fs::is_directory(status)) return std::vector<fs::path>{path};
  std::vector<fs::path> out;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".ndjson") out.push_back(it->path());
    if (out.size() > kMaxFiles) return fail(Code::SourceFailed, path.string() + " holds more than 10,000 files");
  }
  if (error) return fail(Code::SourceFailed, "cannot list " + path.string() + ": " + error.message());
  std::ranges::sort(out);
  return out;
}

// What a read works on; shared with the blocking pool, so that a cancelled reader leaves nothing dangling.
struct State {
  std::vector<fs::path> files;
  std::size_t next = 0;
  std::optional<LineFile> current;
  std::optional<FileCursor> at;  // after what was read; before the first read: where to start
  std::atomic<bool> cancelled{false};

  [[nodiscard]] Result<bool> open_next() {
    while (!current && next < files.size()) {
      Result<LineFile> file = LineFile::open(files[next++]);
      if (!file) return fail(file.error());
      current = std::move(*file);
      const std::string name = files[next - 1].filename().string();
      if (!at || at->file != name) at = FileCursor{name, 0, at ? at->record : 0};
      Status there = current->seek(at->offset);
      if (!there) return fail(there.error());
    }
    return current.has_value();
  }

  [[nodiscard]] Result<Batch> read(const Credits& credits) {
    Batch batch;
    for (;;) {
      if (cancelled) return fail(Code::Cancelled, "the reading was cancelled");
      if (credits.deadline.expired()) return fail(Code::SourceTimeout, "the files were not read in time");
      Result<bool> open = open_next();
      if (!open) return fail(open.error());
      if (!*open) {
        batch.end = true;
        if (at) batch.cursor = to_text(*at);
        return batch;
      }
      const std::size_t before = batch.records;
      Status done = current->read(credits.records, credits.bytes, batch);
      if (!done) return fail(done.error());
      at->offset = current->position();
      at->record += batch.records - before;
      if (!current->at_end()) {
        batch.cursor = to_text(*at);
        return batch;
      }
      current.reset();
    }
  }
};

Result<Batch> read_on_pool(const std::shared_ptr<State>& state, const Credits& credits) { return state->read(credits); }

class FileReader final : public Reader {
 public:
  FileReader(std::shared_ptr<async::BlockingPool> pool, std::vector<fs::path> files, std::optional<FileCursor> start)
      : pool_(std::move(pool)), state_(std::make_shared<State>()) {
    state_->files = std::move(files);
    state_->at = std::move(start);
  }

  async::Task<Result<Batch>> read(Credits credits) override {
    // One small file, the common source of small records, is read in place.
    if (state_->files.size() == 1) {
      Result<bool> open = state_->open_next();
      if (!open) co_return fail(open.error());
      if (!*open || state_->current->size() <= kInlineBytes || !pool_) co_return state_->read(credits);
    }
    if (!pool_) co_return state_->read(credits);
    auto work = [state = state_, credits] { return read_on_pool(state, credits); };
    Result<Batch> batch = co_await async::run_blocking(*pool_, std::move(work));
    co_return batch;
  }

  void cancel() override { state_->cancelled = true; }

 private:
  std::shared_ptr<async::BlockingPool> pool_;
  std::shared_ptr<State> state_;
};

class FileConnector final : public Connector {
 public:
  FileConnector(const FileSource& source, const Context& context)
      : source_(source), path_(context.base / source.path), pool_(context.blocking) {}

  [[nodiscard]] Spec spec() const override { return kFileSpec; }

  async::Task<Result<std::vector<StreamInfo>>> discover(async::Deadline) override {
    std::vector<StreamInfo> streams(1);
    streams[0].name = path_.filename().string();
    streams[0].title = source_.path;
    streams[0].media = source_.media;
    streams[0].records = !opaque();
    streams[0].cursor_kind = opaque() ? "file-offset" : "file-record";
    co_return streams;
  }

  async::Task<Result<std::unique_ptr<Reader>>> open(OpenRequest request, async::Deadline) override {
    if (!request.stream.empty() && request.stream != path_.filename().string()) {
      co_return fail(Code::SourceFailed, "there is no stream " + request.stream);
    }
    std::optional<FileCursor> start;
    if (!request.cursor.empty()) {
      Result<FileCursor> cursor = parse_file_cursor(request.cursor, opaque());
      if (!cursor) co_return fail(cursor.error());
      start = std::move(*cursor);
    }
    if (opaque()) co_return open_opaque(path_, start ? start->offset : 0, pool_);
    co_return open_lines(std::move(start));
  }

  async::Task<Status> check(async::Deadline deadline) override {
    Result<std::unique_ptr<Reader>> reader = co_await open(OpenRequest(), deadline);
    if (!reader) co_return fail(reader.error());
    Result<Batch> first = co_await (*reader)->read({1, 1U << 20, deadline});
    if (!first) co_return fail(first.error());
    co_return Status();
  }

 private:
  [[nodiscard]] bool opaque() const { return source_.media != kNdjson; }

  [[nodiscard]] Result<std::unique_ptr<Reader>> open_lines(std::optional<FileCursor> start) const {
    Result<std::vector<fs::path>> files = list_files(path_);
    if (!files) return fail(files.error());
    if (start) {
      const auto is_it = [&start](const fs::path& file) { return file.filename().string() == start->file; };
      const auto found = std::ranges::find_if(*files, is_it);
      if (found == files->end()) return fail(Code::SourceFailed, "the cursor's file " + start->file + " is gone");
      files->erase(files->begin(), found);
    }
    return std::unique_ptr<Reader>(std::make_unique<FileReader>(pool_, std::move(*files), std::move(start)));
  }

  const FileSource source_;
  const fs::path path_;
  const std::shared_ptr<async::BlockingPool> pool_;
};

}  // namespace

std::unique_ptr<Connector> make_file_connector(const FileSource& source, const Context& context) {
  return std::make_unique<FileConnector>(source, context);
}

}  // namespace sekisho::connectors
