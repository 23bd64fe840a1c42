#include "node/exchange/shapers.hpp"

namespace sekisho::node {

Result<std::shared_ptr<const policy::Shaper>> ShaperBook::find(const AgreementRecord& agreement) {
  const std::lock_guard lock(mutex_);
  if (const auto made = made_.find(agreement.digest); made != made_.end()) return made->second;
  auto shaper = policy::make_shaper(agreement.view.get());
  if (!shaper) return fail(shaper.error());
  made_[agreement.digest] = *shaper;
  return *shaper;
}

}  // namespace sekisho::node
