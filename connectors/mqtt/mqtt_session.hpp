// One connection to an MQTT broker that acknowledges only when it is told to.
//
// libmosquitto queues the PUBACK of a message of QoS 1 before it hands the message over. The client is therefore run
// as one of an outer thread, so that nothing is written but by loop_write, and loop_write is called only while
// nothing that came on this connection is still unacknowledged by the taker. What is queued meanwhile waits, and the
// broker sends at most its inflight window ahead: that is the back-pressure. A connection that breaks takes its
// PUBACKs along, and the broker's persistent session sends those messages again; one that is ended here ends in order,
// so that nothing of what was acknowledged comes again.
// Blocks; one thread at a time. MQTT 5 (4.3.2, 4.4, 4.9) or 3.1.1.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/async/deadline.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"

struct mosquitto;

namespace sekisho::connectors {

struct MqttMessage {
  std::string topic;
  std::string payload;
};

struct MqttAddress {
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;
  std::vector<std::string> topics;
  std::uint16_t window = 256;  // messages that the broker may send ahead (MQTT 5)
  bool version5 = true;
  bool lasting = true;  // the broker keeps the session; false: a look without a trace
  std::string user;
  Secret password;
  std::filesystem::path ca;  // empty: no TLS
  std::filesystem::path cert;
  std::filesystem::path key;
};

class MqttSession {
 public:
  // Connects with a persistent session; SourceFailed. The subscription follows once the broker has answered.
  [[nodiscard]] static Result<std::unique_ptr<MqttSession>> connect(const MqttAddress& address);
  ~MqttSession();
  MqttSession(const MqttSession&) = delete;
  MqttSession& operator=(const MqttSession&) = delete;

  // Waits until something came, `wake` is readable or the deadline passes, and works on it. SourceFailed when the
  // connection broke or the broker refused it.
  [[nodiscard]] Status step(int wake, async::Deadline deadline);

  // Everything that was taken is safe with the taker. Ignored while messages wait in the inbox.
  void acknowledge();
  // Writes acknowledgements and reads nothing; true when the broker's machine has them all. Waits for a moment at most.
  [[nodiscard]] Result<bool> flush(int wake, async::Deadline deadline);

  [[nodiscard]] std::deque<MqttMessage>& inbox() { return inbox_; }
  [[nodiscard]] bool accepted() const { return accepted_; }      // CONNACK
  [[nodiscard]] bool subscribed() const { return subscribed_; }  // SUBACK or an old session

 private:
  struct Callbacks;
  MqttSession() = default;
  [[nodiscard]] Status configure(const MqttAddress& address);
  [[nodiscard]] Status settled(int code, const char* during);
  void part();

  struct mosquitto* client_ = nullptr;
  std::vector<std::string> topics_;
  std::deque<MqttMessage> inbox_;
  bool unacknowledged_ = false;
  bool accepted_ = false;
  bool subscribed_ = false;
  std::string refusal_;
};

}  // namespace sekisho::connectors
