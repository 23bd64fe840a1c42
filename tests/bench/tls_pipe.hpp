// One blocking connection of TLS 1.3 with a client certificate, for load clients that read as fast as they can.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/core/result.hpp"

namespace sekisho::bench {

struct TlsTarget {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string server_name;       // SNI
  std::string certificate_file;  // PEM chain
  std::string key_file;
};

class TlsPipe {
 public:
  [[nodiscard]] static Result<TlsPipe> open(const TlsTarget& target);
  TlsPipe(TlsPipe&&) noexcept;
  TlsPipe& operator=(TlsPipe&&) noexcept;
  ~TlsPipe();

  [[nodiscard]] Status write(std::string_view octets);
  // 0: the peer said that nothing more comes. Connection: it was reset, or broke.
  [[nodiscard]] Result<std::size_t> read(std::span<char> into);
  // Reads on below TLS, past the peer's close: octets that still came until the connection was gone.
  [[nodiscard]] std::uint64_t linger();
  // CLOCK_MONOTONIC of the last octet of any kind.
  [[nodiscard]] std::chrono::steady_clock::time_point last() const { return last_; }

 private:
  struct Impl;
  explicit TlsPipe(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace sekisho::bench
