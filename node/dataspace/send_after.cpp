#include "node/dataspace/process_store.hpp"

namespace sekisho::node {
namespace {

class Once {
 public:
  Once(Outbox& outbox, OutboxMessage message) : outbox_(outbox), message_(std::move(message)) {}
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() { now(); }
  void now() {
    if (!message_) return;
    outbox_.send(std::move(*message_));
    message_.reset();
  }

 private:
  Outbox& outbox_;
  std::optional<OutboxMessage> message_;
};

}  // namespace

void send_after(http::Response& response, Outbox& outbox, std::optional<OutboxMessage> message) {
  if (!message) return;
  auto once = std::make_shared<Once>(outbox, std::move(*message));
  response.after = [once = std::move(once)](bool) { once->now(); };
}

}  // namespace sekisho::node
