// The compiled view of each agreement: made at its first use and kept, because an agreement's view never changes.
// Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "policy/shaper.hpp"

namespace sekisho::node {

class ShaperBook {
 public:
  [[nodiscard]] Result<std::shared_ptr<const policy::Shaper>> find(const AgreementRecord& agreement);

 private:
  std::mutex mutex_;
  std::unordered_map<Digest, std::shared_ptr<const policy::Shaper>, DigestHash> made_;
};

}  // namespace sekisho::node
