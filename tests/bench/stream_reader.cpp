#include "tests/bench/stream_reader.hpp"

#include <algorithm>
#include <charconv>

#include "tests/bench/tls_load.hpp"

namespace sekisho::bench {
namespace {

std::size_t big_endian(std::string_view four) {
  std::size_t out = 0;
  for (const char c : four) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

Status AnswerReader::begin() {
  if (head_.size() > 12) std::from_chars(head_.data() + 9, head_.data() + 12, status_);
  if (header_value(head_, "transfer-encoding") == "chunked") {
    state_ = State::Size;
    return {};
  }
  const auto text = header_value(head_, "content-length");
  std::from_chars(text.data(), text.data() + text.size(), left_);
  state_ = left_ > 0 ? State::Body : State::Over;
  return {};
}

Status AnswerReader::feed(std::string_view octets) {
  while (!octets.empty()) {
    switch (state_) {
      case State::Head: {
        held_ += octets;
        const auto end = held_.find("\r\n\r\n");
        if (end == std::string::npos) return {};
        octets = octets.substr(octets.size() - (held_.size() - end - 4));
        head_ = held_.substr(0, end + 4);
        held_.clear();
        if (auto begun = begin(); !begun) return begun;
        break;
      }
      case State::Size: {
        const auto end = octets.find('\n');
        held_ += octets.substr(0, end);
        if (end == std::string_view::npos) return {};
        octets.remove_prefix(end + 1);
        left_ = 0;
        std::from_chars(held_.data(), held_.data() + held_.size(), left_, 16);
        held_.clear();
        state_ = left_ == 0 ? State::Over : State::Chunk;
        break;
      }
      case State::Body:
      case State::Chunk: {
        const auto part = octets.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size())));
        if (auto taken = body_(part); !taken) return taken;
        left_ -= part.size();
        octets.remove_prefix(part.size());
        if (left_ > 0) break;
        if (state_ == State::Body) {
          state_ = State::Over;
        } else {
          state_ = State::AfterChunk;
          left_ = 2;
        }
        break;
      }
      case State::AfterChunk: {
        const auto n = std::min<std::uint64_t>(left_, octets.size());
        octets.remove_prefix(static_cast<std::size_t>(n));
        left_ -= n;
        if (left_ == 0) state_ = State::Size;
        break;
      }
      case State::Over: return {};
    }
  }
  return {};
}

Status FrameSplitter::feed(std::string_view octets) {
  while (!octets.empty()) {
    const auto part = octets.substr(0, std::min(left_, octets.size()));
    octets.remove_prefix(part.size());
    left_ -= part.size();
    if (state_ == State::Chunk) {
      events_.chunk(part);
      if (left_ > 0) continue;
      state_ = State::EnvelopeLength;
      left_ = 4;
      continue;
    }
    held_ += part;
    if (left_ > 0) continue;
    if (state_ == State::ChunkLength) {
      left_ = big_endian(held_);
      end_ = left_ == 0;
      state_ = end_ ? State::EnvelopeLength : State::Chunk;
      if (end_) left_ = 4;
    } else if (state_ == State::EnvelopeLength) {
      left_ = big_endian(held_);
      if (left_ == 0) return fail(Code::Framing, "a frame without a statement");
      state_ = State::Envelope;
    } else {
      if (auto taken = events_.said(end_, as_bytes(held_)); !taken) return taken;
      state_ = State::ChunkLength;
      left_ = 4;
    }
    held_.clear();
  }
  return {};
}

}  // namespace sekisho::bench
