#include "node/exchange/steps/resume.hpp"

#include "node/exchange/stream/positions.hpp"

namespace sekisho::node::steps {

Status resume(const ExchangeParts& parts, Crossing& crossing) {
  if (crossing.request.resume.empty()) return {};
  const auto wanted = parse_resume(crossing.request.resume);
  if (!wanted) return fail(Error(wanted.error()).with("header", "Sekisho-Resume"));
  const StreamPlace place{crossing.request.peer.did, wanted->first, wanted->second};
  auto point = find_resume_point(parts.storage, place, crossing.transfer->agreement->digest);
  if (!point) return fail(point.error());
  crossing.resume = StreamResume{place.exchange, place.chunk, std::move(*point)};
  return {};
}

}  // namespace sekisho::node::steps
