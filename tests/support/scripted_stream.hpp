// A stream whose reads are written down in advance and whose writes are kept: raw bytes against the wire code, with no
// socket and no clock. Each script piece is one read, however much the reader asks for; after the last one the stream
// ends in order, or truncated.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>

#include "base/http/stream.hpp"

namespace sekisho::test {

class ScriptedStream final : public http::Stream {
 public:
  explicit ScriptedStream(std::deque<std::string> pieces, std::shared_ptr<std::string> written = nullptr)
      : pieces_(std::move(pieces)), written_(std::move(written)) {}

  // The text in pieces of n octets.
  static std::deque<std::string> cut(std::string_view text, std::size_t n) {
    std::deque<std::string> pieces;
    for (std::size_t at = 0; at < text.size(); at += n) pieces.emplace_back(text.substr(at, n));
    return pieces;
  }

  bool truncated = false;  // the end is not an orderly one

  async::Task<Result<std::size_t>> read_some(std::span<char> into) override {
    if (closed_) co_return fail(Code::Cancelled, "closed");
    if (pieces_.empty() && truncated) co_return fail(Code::Truncated, "cut");
    if (pieces_.empty()) co_return std::size_t{0};
    std::string& piece = pieces_.front();
    const auto n = std::min(piece.size(), into.size());
    std::memcpy(into.data(), piece.data(), n);
    piece.erase(0, n);
    if (piece.empty()) pieces_.pop_front();
    co_return n;
  }

  async::Task<Status> write_all(std::string_view bytes) override {
    if (closed_) co_return fail(Code::Cancelled, "closed");
    if (written_) written_->append(bytes);
    co_return Status();
  }

  async::Task<void> finish(std::size_t) override {
    closed_ = true;
    co_return;
  }
  void reset() override { close(); }
  void close() override { closed_ = true; }
  bool quiet() const override { return !closed_ && pieces_.empty(); }

 private:
  std::deque<std::string> pieces_;
  std::shared_ptr<std::string> written_;
  bool closed_ = false;
};

}  // namespace sekisho::test
