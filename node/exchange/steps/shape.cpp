#include "node/exchange/steps/shape.hpp"

#include <fmt/format.h>

namespace sekisho::node::steps {

Status shape(Crossing& crossing) {
  auto shaped = crossing.shaper->shape(crossing.content);
  if (!shaped) return fail(shaped.error());
  crossing.content.clear();
  crossing.content.shrink_to_fit();
  crossing.shaped = std::move(*shaped);
  if (crossing.shaped.body.size() > trust::kChunkBytes) {
    return fail(Error(Code::AnswerTooLarge, fmt::format("the answer has {} octets", crossing.shaped.body.size()))
                    .with("limit_bytes", std::to_string(trust::kChunkBytes)));
  }
  return {};
}

}  // namespace sekisho::node::steps
