// Sources of the HTTP connectors: a raw server that hands out records page by page, in each paginator's way.
#pragma once

#include <memory>

#include "tests/conformance/connectors/kit.hpp"
#include "tests/conformance/connectors/raw_server.hpp"

namespace sekisho::conformance {

enum class Pages : std::uint8_t { OneAnswer, LinkHeader, LinkInBody, PageNumber, Offset, Continuation, Bundle };

// The manifest for a server at this port.
[[nodiscard]] std::string manifest_of(Pages pages, std::uint16_t port, bool with_token = true);

class PageServer {
 public:
  PageServer(Pages pages, Wish wish);

  [[nodiscard]] std::uint16_t port() const { return server_ ? server_->port() : dead_port_; }
  [[nodiscard]] bool saw_canary() const { return saw_canary_; }
  [[nodiscard]] std::size_t tokens() const { return tokens_; }
  [[nodiscard]] std::size_t too_early() const { return too_early_; }
  [[nodiscard]] std::uint64_t sent() const { return server_ ? server_->sent() : 0; }

 private:
  [[nodiscard]] Reply answer(const Request& request);
  [[nodiscard]] Reply token(const Request& request);
  [[nodiscard]] bool allowed(const Request& request);
  [[nodiscard]] std::size_t first_record(const Request& request) const;
  [[nodiscard]] Reply page(std::size_t first) const;
  [[nodiscard]] Reply struck(const Request& request, const Reply& good);
  [[nodiscard]] std::string ok(const std::string& media, const std::string& fields, const std::string& body) const;
  [[nodiscard]] std::string date(std::chrono::seconds later) const;

  const Pages pages_;
  const Wish wish_;
  const std::size_t size_;  // records of a page
  std::atomic<int> faults_;
  std::atomic<bool> saw_canary_{false};
  std::atomic<std::size_t> tokens_{0};
  std::atomic<std::size_t> too_early_{0};
  std::mutex mutex_;
  std::size_t calls_ = 0;  // with the present token
  std::chrono::steady_clock::time_point not_before_{};
  std::uint16_t dead_port_ = 0;
  std::unique_ptr<RawServer> server_;
};

}  // namespace sekisho::conformance
