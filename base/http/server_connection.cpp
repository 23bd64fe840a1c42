#include "base/http/server_connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/http/write_head.hpp"

namespace sekisho::http {
namespace {

constexpr std::size_t kReadAtOnce = 64 * 1024;
// A body up to this size goes out in one buffer with its head; a larger one would cost more to copy than to send apart.
constexpr std::size_t kFlattened = 64 * 1024;

// The chosen framing of the answer is ours alone: a handler that sets it has a bug, and two lengths would be a hole.
bool is_framing_field(std::string_view name) {
  return same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding") || same_name(name, "Connection") ||
         same_name(name, "Date");
}

bool has_no_body(int status) { return status == 204 || status == 304; }

void append_number(std::string& out, std::uint64_t value, int base) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace

class ServerConnection::ChunkSink final : public BodySink {
 public:
  ChunkSink(ServerConnection& connection, bool chunked) : connection_(connection), chunked_(chunked) {}

  async::Task<Status> write(std::string chunk) override {
    if (chunk.empty() && connection_.out_.empty()) co_return Status();
    if (connection_.on_chunk) connection_.on_chunk();
    if (chunked_ && !chunk.empty()) {  // an empty chunk would end the body
      append_number(connection_.out_, chunk.size(), 16);
      connection_.out_ += "\r\n";
    }
    connection_.out_ += chunk;
    if (chunked_ && !chunk.empty()) connection_.out_ += "\r\n";
    auto sent = co_await connection_.send(connection_.out_);
    connection_.out_.clear();
    if (connection_.on_pause) connection_.on_pause();
    co_return sent;
  }

  void abort() override { connection_.stream_->reset(); }

  [[nodiscard]] bool gone() const override { return connection_.stream_->gone(); }

 private:
  ServerConnection& connection_;
  bool chunked_;
};

ServerConnection::ServerConnection(std::unique_ptr<Stream> stream, const HeadLimits& limits)
    : stream_(std::move(stream)), wire_(*stream_, limits) {}

async::Task<Result<bool>> ServerConnection::wait() {
  if (!wire_.buffered().empty()) co_return true;
  auto got = co_await wire_.fill();
  if (!got) co_return fail(got.error());
  co_return *got > 0;
}

async::Task<Result<RequestHead>> ServerConnection::read_head() {
  complete_ = false;
  head_only_ = false;
  auto raw = co_await wire_.head();
  if (!raw) co_return fail(raw.error());
  auto head = parse_request_head(*raw);
  if (!head) co_return head;
  head_only_ = head->method == "HEAD";
  complete_ = head->body.kind == BodyFraming::Kind::None;
  co_return head;
}

async::Task<Status> ServerConnection::read_body(const RequestHead& head, std::size_t limit, std::string& out) {
  BodyReader body(wire_, head.body, limit);
  if (auto fits = body.start(); !fits) co_return fits;
  if (head.expects_continue && !body.done() && wire_.buffered().empty()) {
    auto sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) co_return sent;
  }
  while (!body.done()) {
    auto read = co_await body.read_some(out, kReadAtOnce);
    if (!read) co_return read;
  }
  complete_ = true;
  co_return Status();
}

async::Task<Status> ServerConnection::send(std::string_view bytes) {
  auto sent = co_await stream_->write_all(bytes);
  if (sent) bytes_out_ += bytes.size();
  co_return sent;
}

std::string_view ServerConnection::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_ || date_.empty()) {
    date_second_ = now;
    date_ = http_date(now);
  }
  return date_;
}

void ServerConnection::begin_answer(const Response& response, bool keep_alive) {
  out_.clear();
  out_ += "HTTP/1.1 ";
  append_number(out_, static_cast<std::uint64_t>(response.status), 10);
  out_ += ' ';
  out_ += reason_phrase(response.status);
  out_ += "\r\nDate: ";
  out_ += date();
  out_ += "\r\n";
  for (const auto& field : response.headers) {
    if (!is_framing_field(field.name)) append_field(out_, field.name, field.value);
  }
  if (!keep_alive) out_ += "Connection: close\r\n";
}

async::Task<Status> ServerConnection::write(Response& response, bool keep_alive, int version_minor) {
  if (!valid_fields(response.headers)) {
    response.headers.clear();
    response.body.clear();
    response.stream = nullptr;
    response.status = 500;
  }
  Status sent;
  if (response.stream && !head_only_) {
    sent = co_await write_streamed(response, keep_alive && version_minor >= 1, version_minor >= 1);
  } else {
    sent = co_await write_whole(response, keep_alive);
  }
  if (response.after) std::exchange(response.after, nullptr)(sent.has_value());
  co_return sent;
}

async::Task<Status> ServerConnection::write_whole(Response& response, bool keep_alive) {
  begin_answer(response, keep_alive);
  if (!has_no_body(response.status)) {
    out_ += "Content-Length: ";
    append_number(out_, response.body.size(), 10);
    out_ += "\r\n";
  }
  out_ += "\r\n";
  if (has_no_body(response.status) || head_only_) co_return co_await send(out_);
  if (response.body.size() <= kFlattened) {
    out_ += response.body;
    co_return co_await send(out_);
  }
  auto head_sent = co_await send(out_);
  if (!head_sent) co_return head_sent;
  co_return co_await send(response.body);
}

async::Task<Status> ServerConnection::write_streamed(Response& response, bool keep_alive, bool chunked) {
  begin_answer(response, keep_alive);
  if (chunked) out_ += "Transfer-Encoding: chunked\r\n";
  out_ += "\r\n";
  // The head waits for the first chunk and leaves with it.
  ChunkSink sink(*this, chunked);
  if (on_pause) on_pause();
  auto streamed = co_await response.stream(sink);
  if (!streamed) co_return streamed;
  if (chunked) out_ += "0\r\n\r\n";
  if (out_.empty()) co_return Status();
  auto sent = co_await send(out_);
  out_.clear();
  co_return sent;
}

bool answerable(const Error& error) {
  switch (error.code) {
    case Code::Framing:
    case Code::HeaderTooLarge:
    case Code::TransferCoding:
    case Code::LengthRequired:
    case Code::BodyTooLarge:
    case Code::UriSyntax: return true;
    default: return false;
  }
}

}  // namespace sekisho::http
