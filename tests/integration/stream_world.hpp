// What the tests of streams share: two whole nodes, offers like that of "large", calls that read as it comes, and the
// entries of either log.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/http/client.hpp"
#include "tests/support/loopback_node.hpp"

namespace sekisho::test {

class StreamWorld : public ::testing::Test {
 protected:
  // Entries of that kind as /v1/audit/query shows them, and how many.
  [[nodiscard]] std::string entries(LoopbackNode& node, const std::string& kind);
  [[nodiscard]] std::size_t count(LoopbackNode& node, const std::string& kind);
  // Whether the newest such entries come to name this reason.
  [[nodiscard]] bool ends_with(LoopbackNode& node, const std::string& kind, const std::string& reason);

  // Offers dataset `id` on the terms of "large": from a source of that name with this manifest, until then.
  void offer(const std::string& id, JsonObject manifest, Instant until, const std::string& view = "",
             const std::string& media = "application/x-ndjson");
  void offer(const std::string& id, JsonObject manifest, const std::string& view = "",
             const std::string& media = "application/x-ndjson") {
    offer(id, std::move(manifest), SystemClock().now() + std::chrono::hours(1), view, media);
  }
  [[nodiscard]] JsonObject file_manifest(const std::string& name) const;

  LoopbackWorld world;
};

// A client's call at the service listener, in a thread of its own.
class StreamCall {
 public:
  StreamCall(LoopbackNode& node, const std::string& target, http::Headers headers = {});
  ~StreamCall();  // closes the connection and waits
  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

  // Reads no further until told so.
  void hold() { held_ = true; }
  void go_on() { held_ = false; }
  void hang_up() { hung_up_ = true; }

  [[nodiscard]] int status() const;  // 0: no answer yet
  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] std::string body() const;  // so far
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool whole() const { return done_ && whole_; }  // ended as an answer ends
  [[nodiscard]] std::string error() const;

 private:
  static async::Task<void> run(StreamCall* call, http::Client* client, http::ClientRequest request);

  mutable std::mutex mutex_;
  std::string body_, error_;
  http::ClientResponse head_;
  std::atomic<bool> held_{false}, hung_up_{false}, done_{false}, whole_{false};
  std::thread thread_;
};

[[nodiscard]] std::string file_text(const std::filesystem::path& path);

}  // namespace sekisho::test
