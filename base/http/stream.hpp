// A connected byte stream: TLS, plain TCP or a Unix socket, or a script of a test.
//
// Used by one coroutine at a time, on the executor of its socket; close() from that thread at any moment makes the
// pending operation end with Code::Cancelled, which is how deadlines and re-judging work. Destroying it closes it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/async/task.hpp"
#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::http {

class Stream {
 public:
  virtual ~Stream() = default;

  // At least one octet, or 0 at an orderly end (TLS: close_notify). Code::Truncated for TLS without close_notify,
  // Code::Connection for a reset, Code::Cancelled after close().
  virtual async::Task<Result<std::size_t>> read_some(std::span<char> into) = 0;

  // All of it; `bytes` must live until it returns.
  virtual async::Task<Status> write_all(std::string_view bytes) = 0;

  // Says goodbye (close_notify, FIN), then reads and drops what the peer still sends, at most `most` octets, so that
  // the kernel's reset does not overtake the last answer; ends with the peer's FIN or with close().
  virtual async::Task<void> finish(std::size_t most) = 0;

  virtual void close() = 0;

  // Closes and takes back what the kernel has not sent yet: the peer gets a reset instead of more octets.
  virtual void reset() = 0;

  // Whether the other side sent nothing and is still there; never blocks. For connections that lie in a pool.
  [[nodiscard]] virtual bool quiet() const = 0;

  // Whether the other side closed or reset the connection, whatever it sent before; never blocks.
  [[nodiscard]] virtual bool gone() const { return false; }
};

}  // namespace sekisho::http
