// The readings of one MQTT subscription, taken in batches by one coroutine; a thread of its own talks to the broker.
//
// Nothing is read from the broker but while a take runs. A take acknowledges what the takes before it returned, so a
// host that takes again only after it committed loses nothing, and gets again, after a crash or a broken connection,
// at most what was not acknowledged. acknowledge() does that at once, for a host that takes no more. A broken
// connection is made again with growing pauses; takes are idle meanwhile.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/async/completion.hpp"
#include "base/async/deadline.hpp"
#include "base/core/result.hpp"
#include "connectors/mqtt/mqtt_session.hpp"

namespace sekisho::connectors {

// What became of messages and connections; shared with the connector for its health. Any thread.
struct MqttCounters {
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> refused{0};  // no JSON object; acknowledged, never handed on
  std::atomic<std::uint64_t> connections{0};
  std::atomic<bool> connected{false};

  void note(std::string problem);
  [[nodiscard]] std::string problem() const;

 private:
  mutable std::mutex mutex_;
  std::string problem_;
};

struct MqttTake {
  std::string content;
  std::size_t records = 0;  // 0: nothing came before the deadline
};

class MqttFeed {
 public:
  MqttFeed(MqttAddress address, bool wrap, std::shared_ptr<MqttCounters> counters);
  ~MqttFeed();  // what is unacknowledged stays so; waits for the broker, half a second at most

  // Ends when the broker has accepted the session; SourceFailed, SourceTimeout, Cancelled.
  [[nodiscard]] async::Task<Status> begin(async::Deadline deadline);
  // Cancelled; AnswerTooLarge for one record over `bytes`.
  [[nodiscard]] async::Task<Result<MqttTake>> take(std::size_t records, std::size_t bytes, async::Deadline deadline);
  // Ends when the broker's machine has the acknowledgements of all that was taken. SourceFailed without a connection
  // (it comes again), SourceTimeout, Cancelled. A record that is held for its size keeps all of them back.
  [[nodiscard]] async::Task<Status> acknowledge(async::Deadline deadline);
  void cancel();  // any thread

 private:
  struct State;
  enum class Wish : std::uint8_t { Begin, Take, Acknowledge };
  [[nodiscard]] async::Task<Result<MqttTake>> ask(Wish wish, std::size_t records, std::size_t bytes,
                                                  async::Deadline deadline);

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace sekisho::connectors
