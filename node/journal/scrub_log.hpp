// The part of scrub() that walks the entries of one log.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "node/journal/counters.hpp"
#include "node/journal/reader.hpp"
#include "node/journal/scrub.hpp"
#include "node/journal/scrub_index.hpp"
#include "node/journal/tree.hpp"

namespace sekisho::node {

// The newest own statement under each agreement, as the entries say.
using ScrubCounters = std::map<Digest, LastStatement>;

class ScrubLog {
 public:
  ScrubLog(const Storage& storage, LogInfo info, std::uint64_t size)
      : storage_(storage), info_(std::move(info)), size_(size), tree_(info_.number, {}, {}) {}

  [[nodiscard]] Status run(const ScrubOptions& options, bool current, ScrubCounters& counters, PostingSum& postings,
                           ScrubReport& report);

  [[nodiscard]] Digest root() const { return tree_.frontier().root(); }
  [[nodiscard]] Instant last_time() const { return last_time_; }

 private:
  struct SealedBatch {
    std::string signature;
    std::uint32_t size = 0;
    std::string first_payload;
    std::vector<Digest> ids;
  };

  [[nodiscard]] Status check(const pb::Entry& entry, Position at, const ScrubOptions& options,
                             ScrubCounters& counters, PostingSum& postings, ScrubReport& report);
  [[nodiscard]] Status check_own(const pb::Entry& entry, const Digest& id, Position at, ScrubCounters& counters);
  [[nodiscard]] Status add_to_batch(const pb::Entry& entry, const Digest& id, const ScrubOptions& options,
                                    ScrubReport& report);
  [[nodiscard]] Status close_batch(const ScrubOptions& options, ScrubReport& report);
  [[nodiscard]] Status compare_tiles(ScrubReport& report);

  const Storage& storage_;
  const LogInfo info_;
  const std::uint64_t size_;
  GrowingTree tree_;
  Instant last_time_{};
  SealedBatch batch_;
};

}  // namespace sekisho::node
