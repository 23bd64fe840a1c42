#include "tests/support/mqtt_broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "tests/support/reserved_port.hpp"

namespace sekisho::test {

namespace {

constexpr const char* kProgram = "/usr/sbin/mosquitto";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool answers(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool up = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return up;
}

}  // namespace

bool MqttBroker::available() { return ::access(kProgram, X_OK) == 0 && ::access("/usr/bin/mosquitto_pub", X_OK) == 0; }

MqttBroker::MqttBroker(std::string folder, MqttBrokerOptions options)
    : folder_(std::move(folder)), options_(std::move(options)), port_(reserve_port()) {
  std::ofstream(folder_ + "/mosquitto.conf") << "listener " << port_ << " 127.0.0.1\n"
                                             << options_.settings << "\n"
                                             << "persistence true\npersistence_location " << folder_ << "/\n"
                                             << "max_queued_messages 0\nuser root\nlog_dest none\n";
  start();
}

MqttBroker::~MqttBroker() { stop(); }

void MqttBroker::start() {
  const std::string settings = folder_ + "/mosquitto.conf";
  pid_ = ::fork();
  if (pid_ == 0) {
    ::execl(kProgram, kProgram, "-c", settings.c_str(), nullptr);
    ::_exit(127);
  }
  for (int attempt = 0; attempt < 1000; ++attempt) {
    if (answers(port_)) return;
    ::poll(nullptr, 0, 10);
  }
  throw std::runtime_error("mosquitto did not start");
}

void MqttBroker::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool MqttBroker::publish(const std::string& topic, const std::vector<std::string>& payloads) const {
  const std::string command = "mosquitto_pub -h 127.0.0.1 -l -q 1 -p " + std::to_string(port_) + " -t '" + topic +
                              "' " + options_.publisher + " 2>/dev/null";
  FILE* pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) return false;
  for (const std::string& payload : payloads) {
    std::fputs(payload.c_str(), pipe);
    std::fputc('\n', pipe);
  }
  return ::pclose(pipe) == 0;
}

}  // namespace sekisho::test
