// The consumer's half of a stream (formats.md 5): each window is verified (seal, issuer, order, prefix commitment) and
// logged before its chunk is passed on; cumulative receipts every 16 MiB or 10 s; a verified end closes the intent with
// the final receipt, a break with "partial". Whatever is not a complete end aborts the client's answer.
#pragma once

#include <functional>
#include <memory>

#include "base/async/task.hpp"
#include "base/http/client.hpp"
#include "base/http/message.hpp"
#include "node/exchange/closing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

struct IncomingStream {
  ExchangeParts parts;
  Closer& closer;
  std::shared_ptr<const TransferRecord> transfer;
  OpenIntent intent;
  std::shared_ptr<RunningExchanges::Guard> running;
  trust::PeerIdentity peer;
  Digest open{};  // statement id of the opening, which is logged
  Digest salt{};
};

[[nodiscard]] std::function<async::Task<Status>(http::BodySink&)> received_stream(IncomingStream stream,
                                                                                  http::ResponseReader reader);

}  // namespace sekisho::node
