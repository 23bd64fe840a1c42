// A real nginx that takes what is pushed to it: HTTPS on loopback under the name "in.trade.eu.example", each body a
// file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

#include "tests/support/tls_files.hpp"

namespace sekisho::test {

class NginxReceiver {
 public:
  // The program is not on every machine.
  [[nodiscard]] static bool available();

  // limits: further directives of the server. Does not start yet.
  explicit NginxReceiver(std::filesystem::path folder, const std::string& limits = "");
  ~NginxReceiver() { stop(); }
  NginxReceiver(const NginxReceiver&) = delete;
  NginxReceiver& operator=(const NginxReceiver&) = delete;

  void start();  // returns when it listens
  void stop();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& ca_pem() const { return authority_.certificate_pem(); }
  [[nodiscard]] std::string endpoint(const std::string& path = "/sink") const;
  // The bodies that were taken, in the order in which they came.
  [[nodiscard]] std::string octets() const;

 private:
  std::filesystem::path folder_;
  TestAuthority authority_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sekisho::test
