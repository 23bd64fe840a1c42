#include "node/exchange/stream/book.hpp"

namespace sekisho::node {

void RunningStream::cancel(std::string cause) {
  const std::lock_guard lock(mutex_);
  if (!cause_) cause_ = std::move(cause);
}

std::optional<std::string> RunningStream::cause() const {
  const std::lock_guard lock(mutex_);
  return cause_;
}

void RunningStream::receipted(std::uint64_t bytes) {
  std::uint64_t before = receipted_;
  while (before < bytes && !receipted_.compare_exchange_weak(before, bytes)) {
  }
}

std::shared_ptr<RunningStream> StreamBook::open(const std::string& peer, const Uuid& exchange) {
  auto stream = std::make_shared<RunningStream>();
  const std::lock_guard lock(mutex_);
  if (ending_) stream->cancel(*ending_);
  running_[{peer, exchange}] = stream;
  return stream;
}

void StreamBook::close(const std::string& peer, const Uuid& exchange) {
  const std::lock_guard lock(mutex_);
  running_.erase({peer, exchange});
}

void StreamBook::receipted(const std::string& peer, const Uuid& exchange, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (const auto found = running_.find({peer, exchange}); found != running_.end()) found->second->receipted(bytes);
}

void StreamBook::cancel_all(const std::string& cause) {
  const std::lock_guard lock(mutex_);
  ending_ = cause;
  for (const auto& [of, stream] : running_) stream->cancel(cause);
}

std::size_t StreamBook::running() const {
  const std::lock_guard lock(mutex_);
  return running_.size();
}

}  // namespace sekisho::node
