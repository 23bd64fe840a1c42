// The provider's half of a stream (formats.md 5): the opening is durable before the answer begins, each head before its
// chunk leaves, the end with its reason in every case. What cuts: the peer's certificate or recognition, the transfer,
// the offer, receipts that do not come, the source. After the cut no octet leaves but the sealed end, and that for a
// moment only.
#pragma once

#include <memory>

#include "base/async/task.hpp"
#include "base/http/message.hpp"
#include "connectors/connector.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/stream/window.hpp"

namespace sekisho::node {

// Turns the crossing, whose opening is committed, into the body of the answer. rest: the source behind what
// crossing.shaped holds; null when that is all.
[[nodiscard]] std::function<async::Task<Status>(http::BodySink&)> stream_body(ExchangeParts parts, Crossing crossing,
                                                                              std::unique_ptr<connectors::Reader> rest);

// Streams that the last process left open end as CRASH at their last head; once at start, before anything is served.
[[nodiscard]] Status end_crashed_streams(const ExchangeParts& parts);

}  // namespace sekisho::node
