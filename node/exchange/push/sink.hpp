// A stream of node/exchange/stream whose other side is an endpoint instead of a node: each window is one part, and the
// endpoint's 2xx is what the receipt is elsewhere: it opens the way for more windows. The sealed end goes to nobody.
//
// Lives on one executor, longer than the stream that writes to it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/http/message.hpp"
#include "node/exchange/parts.hpp"
#include "node/exchange/push/delivery.hpp"
#include "node/exchange/push/place.hpp"
#include "node/exchange/stream/frame.hpp"

namespace sekisho::node {

class PushSink final : public http::BodySink {
 public:
  PushSink(const ExchangeParts& parts, std::shared_ptr<const PushEndpoint> to, PushedExchange exchange)
      : parts_(parts), to_(std::move(to)), exchange_(std::move(exchange)) {}

  async::Task<Status> write(std::string frame) override;
  void abort() override { *stop_ = true; }

  // What the endpoint took.
  [[nodiscard]] const Taken& taken() const { return taken_; }
  // Why it took no more; not when the push was stopped.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  ExchangeParts parts_;
  std::shared_ptr<const PushEndpoint> to_;
  PushedExchange exchange_;
  FrameReader frames_;
  Taken taken_;
  std::uint64_t recorded_ = 0;
  std::chrono::steady_clock::time_point recorded_at_ = std::chrono::steady_clock::now();
  std::optional<Error> failure_;
  std::shared_ptr<std::atomic<bool>> stop_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sekisho::node
