// The answers that a load client of streams takes apart as they come, without holding them: HTTP/1.1 with a length or
// in chunks, and in it the frames of application/vnd.sekisho.stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::bench {

class AnswerReader {
 public:
  // body: parts of the decoded body as they come.
  explicit AnswerReader(std::function<Status(std::string_view)> body) : body_(std::move(body)) {}
  [[nodiscard]] Status feed(std::string_view octets);
  [[nodiscard]] const std::string& head() const { return head_; }  // empty until it is whole
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool over() const { return state_ == State::Over; }

 private:
  enum class State { Head, Body, Size, Chunk, AfterChunk, Over };
  [[nodiscard]] Status begin();
  std::function<Status(std::string_view)> body_;
  State state_ = State::Head;
  std::string head_, held_;
  std::uint64_t left_ = 0;
  int status_ = 0;
};

class FrameSplitter {
 public:
  struct Events {
    std::function<void(std::string_view part)> chunk;          // parts of a window
    std::function<Status(bool end, BytesView envelope)> said;  // the head of the window before, or the end
  };
  explicit FrameSplitter(Events events) : events_(std::move(events)) {}
  [[nodiscard]] Status feed(std::string_view octets);

 private:
  enum class State { ChunkLength, Chunk, EnvelopeLength, Envelope };
  Events events_;
  State state_ = State::ChunkLength;
  std::string held_;
  std::size_t left_ = 4;
  bool end_ = false;
};

}  // namespace sekisho::bench
