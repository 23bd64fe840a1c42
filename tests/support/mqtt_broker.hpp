// A real mosquitto on a free port of this machine, with its state in a folder: for tests that restart it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>
#include <sys/types.h>

namespace sekisho::test {

struct MqttBrokerOptions {
  std::string settings = "allow_anonymous true\n";  // further lines of mosquitto.conf
  std::string publisher;                            // further arguments of mosquitto_pub
};

class MqttBroker {
 public:
  // The program is not on every machine.
  [[nodiscard]] static bool available();

  explicit MqttBroker(std::string folder, MqttBrokerOptions options = {});  // starts
  ~MqttBroker();
  MqttBroker(const MqttBroker&) = delete;
  MqttBroker& operator=(const MqttBroker&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void start();
  void stop();  // orderly: it writes its state
  // Each payload (one line each) with QoS 1; returns when the broker acknowledged them all.
  [[nodiscard]] bool publish(const std::string& topic, const std::vector<std::string>& payloads) const;

 private:
  std::string folder_;
  MqttBrokerOptions options_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sekisho::test
