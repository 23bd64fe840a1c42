// Settings of the laboratory node: one JSON file. Everything is on loopback, whatever the file says.
//
//   {"port": 8282, "webhooks": 8687, "data": "/tmp/lab",          data: a folder that does not exist yet
//    "strategy": "tck",                                            or "product": what a node does on its own
//    "delay_ms": 500, "retry_ms": 250, "retries": 16, "attempt_ms": 5000,
//    "peer": {"participant": "TCK_PARTICIPANT", "address": "http://localhost:8083", "authorization": "\"any\""}}
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/core/result.hpp"
#include "base/http/url.hpp"

namespace sekisho::lab {

struct Settings {
  std::uint16_t port = 0;
  std::uint16_t webhooks = 0;
  std::filesystem::path data;
  bool scripted = true;
  std::chrono::milliseconds delay{500};
  std::chrono::milliseconds retry{250};
  unsigned retries = 16;
  std::chrono::milliseconds attempt{5000};  // for one message and its answer
  std::string participant;    // who every caller is
  http::Url peer;             // where the peer listens: a loopback host
  std::string authorization;  // sent as it is; empty: none
};

[[nodiscard]] Result<Settings> load_settings(const std::filesystem::path& file);

// "localhost", 127.0.0.1 or ::1.
[[nodiscard]] bool is_loopback(const std::string& host);

}  // namespace sekisho::lab
