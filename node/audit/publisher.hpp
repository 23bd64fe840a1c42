// The publisher: "this is my log". Every second, or after 4 096 entries, it signs a checkpoint over the newest
// durable head, syncs it into the anchor file, and only then shows it (formats.md 2; audit-and-provenance.md 7.2).
//
// Owns one thread. All calls are thread-safe; publish_now() blocks for a sync and belongs on the blocking pool.
// A failed anchor write stops publication (nothing unanchored is ever shown) and is reported by status().
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/core/result.hpp"
#include "base/crypto/signer.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

struct Published {
  std::uint16_t log = 0;
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  std::string note;  // C2SP signed note; the bytes served at …/checkpoint
};

struct PublisherOptions {
  std::shared_ptr<Signer> log_signer;
  std::string anchor;  // empty: none (tests of other rooms)
  std::chrono::milliseconds period{1000};
  std::uint64_t every = 4096;
};

class Publisher {
 public:
  // Publishes the current head at once (same bytes as before a restart: the signature is deterministic) and
  // starts the thread. `journal` outlives the publisher.
  [[nodiscard]] static Result<std::unique_ptr<Publisher>> start(Journal& journal, PublisherOptions options);
  ~Publisher();  // stop()
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  [[nodiscard]] std::shared_ptr<const Published> latest() const;  // never null
  // A checkpoint that covers everything durable at the call.
  [[nodiscard]] Result<std::shared_ptr<const Published>> publish_now();
  [[nodiscard]] Status status() const;
  // Publishes the last head and ends the thread. Idempotent.
  void stop();

 private:
  class Impl;
  explicit Publisher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::node
