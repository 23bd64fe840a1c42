// The server's end of one connection: heads and bodies in, answers out, strictly one after the other.
// It knows the wire, not routes nor deadlines: whoever drives it closes the stream when time is over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/framing.hpp"
#include "base/http/head.hpp"
#include "base/http/message.hpp"
#include "base/http/stream.hpp"
#include "base/http/wire_reader.hpp"

namespace sekisho::http {

class ServerConnection {
 public:
  ServerConnection(std::unique_ptr<Stream> stream, const HeadLimits& limits);

  // True when a request has begun to arrive, false when the peer ended the connection between two requests.
  async::Task<Result<bool>> wait();

  // Code::Framing, HeaderTooLarge, TransferCoding, LengthRequired, UriSyntax: answer, then close.
  // Code::Truncated, Connection, Cancelled: nobody is there to be answered.
  async::Task<Result<RequestHead>> read_head();

  // Whole body into `out`, at most `limit` octets (Code::BodyTooLarge, help limit_bytes; before any octet is read when
  // Content-Length says so). Answers "Expect: 100-continue" first.
  async::Task<Status> read_body(const RequestHead& head, std::size_t limit, std::string& out);

  // Head and body in one write where the body is given; chunked where the response streams (HTTP/1.1 only).
  // keep_alive false adds "Connection: close". The answer to HEAD has no body, whatever the response says. Calls
  // response.after exactly once.
  async::Task<Status> write(Response& response, bool keep_alive, int version_minor);

  // on_chunk runs before each chunk of a streamed answer; the owner moves its deadline there.
  std::function<void()> on_chunk;
  // on_pause runs when a chunk is written and before the first: the wait for the next is the source's, not the peer's.
  std::function<void()> on_pause;

  // The last request was read to its end and nothing came behind it: closing now loses no octet of an answer.
  [[nodiscard]] bool at_rest() const { return complete_ && wire_.buffered().empty(); }

  [[nodiscard]] Stream& stream() { return *stream_; }
  [[nodiscard]] std::uint64_t bytes_in() const { return wire_.received(); }
  [[nodiscard]] std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  class ChunkSink;
  void begin_answer(const Response& response, bool keep_alive);
  async::Task<Status> send(std::string_view bytes);
  async::Task<Status> write_whole(Response& response, bool keep_alive);
  async::Task<Status> write_streamed(Response& response, bool keep_alive, bool chunked);
  std::string_view date();

  std::unique_ptr<Stream> stream_;
  WireReader wire_;
  std::string out_;  // reused for every answer
  bool complete_ = true;
  bool head_only_ = false;  // the request was HEAD
  std::uint64_t bytes_out_ = 0;
  std::time_t date_second_ = 0;
  std::string date_;
};

// True for errors of read_head and read_body that deserve an answer.
[[nodiscard]] bool answerable(const Error& error);

}  // namespace sekisho::http
