// The reading half of a message, for server and client alike: heads by HeadScanner, bodies by their framing.
// One buffer per connection; what was read beyond a message stays for the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/chunked.hpp"
#include "base/http/framing.hpp"
#include "base/http/stream.hpp"

namespace sekisho::http {

class WireReader {
 public:
  // The stream outlives the reader.
  WireReader(Stream& stream, const HeadLimits& limits);

  [[nodiscard]] std::string_view buffered() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t n) { begin_ += n; }

  // Reads once. 0 is the orderly end of the stream.
  async::Task<Result<std::size_t>> fill();

  // One head; a view into the buffer that the next call ends. Code::Truncated when the stream ends inside.
  async::Task<Result<std::string_view>> head();

  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  Stream& stream_;
  HeadScanner scanner_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t received_ = 0;
};

class BodyReader {
 public:
  // limit: octets of the body, over it Code::BodyTooLarge (help "limit_bytes"); checked by start() for known lengths.
  BodyReader(WireReader& wire, BodyFraming framing, std::size_t limit);

  [[nodiscard]] Status start() const;
  [[nodiscard]] bool done() const { return done_; }
  // Appends at least one octet unless the body ended, and at most `most`.
  async::Task<Status> read_some(std::string& out, std::size_t most);

 private:
  [[nodiscard]] std::unexpected<Error> too_large() const;

  WireReader& wire_;
  BodyFraming framing_;
  std::size_t limit_;
  std::uint64_t left_;  // of a known length
  std::uint64_t got_ = 0;
  ChunkedDecoder chunks_;
  bool done_;
};

}  // namespace sekisho::http
