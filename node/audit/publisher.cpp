#include "node/audit/publisher.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/core/log.hpp"
#include "node/audit/checkpoints.hpp"
#include "node/journal/anchor.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::node {

namespace {
constexpr std::chrono::seconds kKeepEvery{60};
}

class Publisher::Impl {
 public:
  Impl(Journal& journal, PublisherOptions options) : journal_(journal), options_(std::move(options)) {}

  Status open() {
    if (options_.anchor.empty()) return {};
    Result<AnchorFile> anchor = AnchorFile::open(options_.anchor);
    if (!anchor) return fail(anchor.error());
    anchor_.emplace(std::move(*anchor));
    return {};
  }

  void start() {
    journal_.observe([this](const Head& head) { on_durable(head); });
    on_durable(journal_.head());  // what came before anybody observed
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    {
      const std::lock_guard lock(wake_mutex_);
      if (stopping_) return;
      stopping_ = true;
    }
    wake_.notify_all();
    journal_.observe({});
    if (thread_.joinable()) thread_.join();
    Result<std::shared_ptr<const Published>> last = publish();
    if (last) keep(**last);
  }

  Result<std::shared_ptr<const Published>> publish();
  void keep(const Published& published);

  std::shared_ptr<const Published> latest() const {
    const std::lock_guard lock(state_mutex_);
    return latest_;
  }
  Status status() const {
    const std::lock_guard lock(state_mutex_);
    if (failure_) return fail(*failure_);
    return {};
  }

 private:
  void on_durable(const Head& head) {
    // Every commit comes here: the common one costs two relaxed loads. The first after a publication wakes the thread,
    // which sleeps while there is nothing new.
    const std::uint64_t more = head.size - published_size_.load(std::memory_order_relaxed);
    if (more == 0 || (more < options_.every && news_.load(std::memory_order_relaxed))) return;
    {
      const std::lock_guard lock(wake_mutex_);
      news_.store(true, std::memory_order_relaxed);
      due_ = more >= options_.every;
    }
    wake_.notify_one();
  }

  // Until there is something to publish, or to keep; false: the publisher stops.
  bool wait();

  void run();
  Result<std::shared_ptr<const Published>> sign_and_anchor(const Head& head);

  Journal& journal_;
  const PublisherOptions options_;

  std::mutex publish_mutex_;  // one publication at a time; guards anchor_
  std::optional<AnchorFile> anchor_;

  mutable std::mutex state_mutex_;
  std::shared_ptr<const Published> latest_;
  std::shared_ptr<const Error> failure_;
  std::atomic<std::uint64_t> published_size_{0};

  std::mutex wake_mutex_;
  std::condition_variable wake_;
  std::atomic<bool> news_{false};
  bool due_ = false;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point kept_at_{};  // guarded by wake_mutex_, as is the size
  std::uint64_t kept_size_ = 0;
  std::thread thread_;
};

bool Publisher::Impl::wait() {
  std::unique_lock lock(wake_mutex_);
  const auto woken = [this] { return news_ || stopping_; };
  if (kept_size_ == published_size_) {
    wake_.wait(lock, woken);
  } else {
    wake_.wait_until(lock, kept_at_ + kKeepEvery, woken);
  }
  // What comes within a period is one checkpoint.
  if (news_) wake_.wait_for(lock, options_.period, [this] { return due_ || stopping_; });
  news_ = due_ = false;
  return !stopping_;
}

void Publisher::Impl::run() {
  while (wait()) {
    Result<std::shared_ptr<const Published>> published = publish();
    if (!published) {
      log_error("publisher.stopped", published.error());
      return;  // nothing unanchored is ever shown; status() says why
    }
    bool keep_now = false;
    {
      const std::lock_guard lock(wake_mutex_);
      keep_now = kept_size_ != (*published)->size && std::chrono::steady_clock::now() >= kept_at_ + kKeepEvery;
    }
    if (keep_now) keep(**published);
  }
}

Result<std::shared_ptr<const Published>> Publisher::Impl::publish() {
  const std::lock_guard lock(publish_mutex_);
  Status healthy = status();
  if (!healthy) return fail(healthy.error());
  const Head head = journal_.head();
  std::shared_ptr<const Published> last = latest();
  if (last && last->size == head.size) return last;
  Result<std::shared_ptr<const Published>> published = sign_and_anchor(head);
  const std::lock_guard state(state_mutex_);
  if (!published) {
    failure_ = std::make_shared<const Error>(published.error());
    return published;
  }
  latest_ = *published;
  published_size_.store(head.size, std::memory_order_relaxed);
  return published;
}

Result<std::shared_ptr<const Published>> Publisher::Impl::sign_and_anchor(const Head& head) {
  trust::Checkpoint checkpoint;
  checkpoint.origin = journal_.origin();
  checkpoint.size = head.size;
  checkpoint.root = head.root;
  Result<std::string> note = trust::sign_checkpoint(checkpoint, *options_.log_signer);
  if (!note) return fail(note.error());
  if (anchor_) {
    Status anchored = anchor_->write(*note);
    if (!anchored) return fail(anchored.error());
  }
  return std::make_shared<const Published>(
      Published{head.log, checkpoint.origin, head.size, head.root, std::move(*note)});
}

// A row of the journal's database, so it goes through the writer; a stopped journal keeps none.
void Publisher::Impl::keep(const Published& published) {
  {
    const std::lock_guard lock(wake_mutex_);
    kept_at_ = std::chrono::steady_clock::now();
    kept_size_ = published.size;
  }
  Unit unit;
  unit.mutations.push_back(keep_checkpoint(published));
  Result<Committed> kept = journal_.commit_blocking(std::move(unit));
  if (!kept) log_warn("publisher.checkpoint_not_kept", kept.error());
}

Publisher::Publisher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Publisher::~Publisher() { stop(); }

Result<std::unique_ptr<Publisher>> Publisher::start(Journal& journal, PublisherOptions options) {
  auto impl = std::make_unique<Impl>(journal, std::move(options));
  Status opened = impl->open();
  if (!opened) return fail(opened.error());
  Result<std::shared_ptr<const Published>> first = impl->publish();
  if (!first) return fail(first.error());
  impl->keep(**first);
  impl->start();
  return std::unique_ptr<Publisher>(new Publisher(std::move(impl)));
}

std::shared_ptr<const Published> Publisher::latest() const { return impl_->latest(); }
Result<std::shared_ptr<const Published>> Publisher::publish_now() { return impl_->publish(); }
Status Publisher::status() const { return impl_->status(); }
void Publisher::stop() { impl_->stop(); }

}  // namespace sekisho::node
