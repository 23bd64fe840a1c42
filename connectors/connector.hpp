// The pull interface of every source of data: the host gives credits, the source answers at most that much.
//
// Content is NDJSON (one record per line, each line ends in "\n", UTF-8) or, for a stream without records, opaque
// octets. A Reader is used by one coroutine at a time
// and never called again after it failed or ended. Nothing is fetched ahead of a read(): pull is the back-pressure.
// Errors: SourceFailed (with the cause), SourceTimeout, AnswerTooLarge (more than the credits allow in all),
// Cancelled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/async/blocking_pool.hpp"
#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"

namespace sekisho::http {
class Client;
class Resolver;
}  // namespace sekisho::http

namespace sekisho::connectors {

struct Credits {
  std::size_t records = 0;  // at least 1
  std::size_t bytes = 0;    // a record over it fails: AnswerTooLarge
  async::Deadline deadline;
};

struct Batch {
  std::string content;      // `records` lines, or octets of an opaque stream
  std::size_t records = 0;  // 0 at the end, in an idle batch and for opaque octets
  bool end = false;         // nothing comes after this batch
  bool idle = false;        // an endless source had nothing before the credit's deadline
  // Where to go on after this batch: JSON text of at most 64 KiB without secrets; empty: the source knows none.
  std::string cursor;
};

// What a source offers under one name.
struct StreamInfo {
  std::string name;
  std::string title;
  std::string media;
  bool records = true;  // NDJSON; false: opaque octets
  Json schema;          // of a record; null: none is known
  std::vector<std::string> key;
  std::string cursor_kind;  // empty: cannot be resumed
  bool endless = false;
};

struct OpenRequest {
  std::string stream;  // empty: the first
  std::string cursor;  // of a batch; empty: from the start
  // Whose position is meant, for a source that keeps positions itself: short, of letters, digits and "-". Each reader
  // gets every record that comes after it was first opened. Empty: the source's one position.
  std::string reader;
};

// What became of a source since it was made.
struct Health {
  bool working = true;
  std::string problem;        // the last one, without secrets
  std::uint64_t refused = 0;  // records that were no records
};

class Reader {
 public:
  virtual ~Reader() = default;
  [[nodiscard]] virtual async::Task<Result<Batch>> read(Credits credits) = 0;
  // All that read() returned is safe with the caller. Only a source that keeps the position itself needs it; without
  // it such a source learns so from the next read(), and repeats the last batch when there is none. Between reads.
  [[nodiscard]] virtual async::Task<Status> acknowledge(async::Deadline) { co_return Status(); }
  // Any thread: the running read() and every later one ends with Cancelled soon.
  virtual void cancel() = 0;
};

// What a source may use of the host. Outlives every connector.
struct Context {
  std::shared_ptr<async::BlockingPool> blocking;
  std::shared_ptr<http::Client> http;
  std::shared_ptr<const http::Resolver> resolver;  // of the clients that a source has for itself
  std::filesystem::path base;                      // relative paths of manifests start here
  std::vector<std::string> egress;                 // "host:port", exact; empty: no network source works
  // Resolves a secret's name ("vault/name" of the settings); NotFound names it, never a value.
  std::function<Result<Secret>(const std::string& name)> secret;
};

// What a kind of source is and can do; for documents and `status`.
struct Spec {
  std::string_view kind;
  std::string_view title;
  bool network = false;
};

class Connector {
 public:
  virtual ~Connector() = default;
  [[nodiscard]] virtual Spec spec() const = 0;
  // Whether the source answers now: opens it and reads at most one record.
  [[nodiscard]] virtual async::Task<Status> check(async::Deadline deadline) = 0;
  [[nodiscard]] virtual async::Task<Result<std::vector<StreamInfo>>> discover(async::Deadline deadline) = 0;
  // SourceFailed for an unknown stream and for a cursor that is not of this stream.
  [[nodiscard]] virtual async::Task<Result<std::unique_ptr<Reader>>> open(OpenRequest request,
                                                                          async::Deadline deadline) = 0;
  // The first stream from its start.
  [[nodiscard]] async::Task<Result<std::unique_ptr<Reader>>> open(async::Deadline deadline) {
    return open(OpenRequest(), deadline);
  }
  [[nodiscard]] virtual Health health() const { return {}; }
  // Octets that one reader may hold besides the batch that it answers.
  [[nodiscard]] virtual std::size_t holds() const { return 0; }
};

}  // namespace sekisho::connectors
