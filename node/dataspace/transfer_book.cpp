#include "node/dataspace/transfer_book.hpp"

namespace sekisho::node {
namespace {

std::string usable_key(std::string_view dns, std::string_view dataset, std::string_view purpose) {
  std::string key(dns);
  key.push_back('\0');
  key.append(dataset);
  key.push_back('\0');
  return key.append(purpose);
}

std::shared_ptr<const TransferRecord> lookup(const auto& records, std::string_view pid) {
  const auto found = records.find(pid);
  return found == records.end() ? nullptr : found->second;
}

}  // namespace

bool is_pushing(const TransferRecord& record) {
  return record.role == Role::Provider && record.push && record.serves &&
         record.state == policy::TransferState::Started;
}

void TransferBook::on_push(std::function<void(const std::string& provider_pid)> listener) {
  on_push_ = std::move(listener);
}

std::vector<std::string> TransferBook::pushing() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> pids;
  for (const auto& [pid, record] : provided_) {
    if (is_pushing(*record)) pids.push_back(pid);
  }
  return pids;
}

void TransferBook::put(std::shared_ptr<const TransferRecord> record) {
  const bool pushes = is_pushing(*record);
  const std::string pid = record->role == Role::Provider ? record->provider_pid : record->consumer_pid;
  keep(std::move(record), pid);
  if (pushes && on_push_) on_push_(pid);
}

void TransferBook::keep(std::shared_ptr<const TransferRecord> record, const std::string& pid) {
  const std::lock_guard lock(mutex_);
  const bool provider = record->role == Role::Provider;
  if (!provider && !record->push) {
    const std::string key = usable_key(record->peer_dns, record->agreement->dataset, record->purpose);
    const auto newest = usable_.find(key);
    if (record->serves) {
      usable_[key] = pid;
    } else if (newest != usable_.end() && newest->second == pid) {
      usable_.erase(newest);
    }
  }
  Records& records = provider ? provided_ : consumed_;
  if (policy::is_final(record->state)) {
    records.erase(pid);
  } else {
    records[pid] = std::move(record);
  }
}

std::shared_ptr<const TransferRecord> TransferBook::find(std::string_view provider_pid) const {
  const std::lock_guard lock(mutex_);
  return lookup(provided_, provider_pid);
}

std::shared_ptr<const TransferRecord> TransferBook::find_own(std::string_view consumer_pid) const {
  const std::lock_guard lock(mutex_);
  return lookup(consumed_, consumer_pid);
}

std::shared_ptr<const TransferRecord> TransferBook::find_usable(std::string_view provider_dns, std::string_view dataset,
                                                                std::string_view purpose) const {
  const std::lock_guard lock(mutex_);
  const auto pid = usable_.find(usable_key(provider_dns, dataset, purpose));
  return pid == usable_.end() ? nullptr : lookup(consumed_, pid->second);
}

void TransferBook::hold(const Digest& agreement, bool held) {
  const std::lock_guard lock(mutex_);
  if (held) {
    held_.insert(agreement);
  } else {
    held_.erase(agreement);
  }
}

bool TransferBook::held(const Digest& agreement) const {
  const std::lock_guard lock(mutex_);
  return held_.contains(agreement);
}

std::vector<std::shared_ptr<const TransferRecord>> TransferBook::under(const Digest& agreement) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const TransferRecord>> out;
  for (const Records* records : {&provided_, &consumed_}) {
    for (const auto& [pid, record] : *records) {
      if (record->agreement->digest == agreement) out.push_back(record);
    }
  }
  return out;
}

}  // namespace sekisho::node
