#include "base/http/wire_reader.hpp"

#include <algorithm>
#include <cstring>

namespace sekisho::http {
namespace {

// One TLS record at most; grows only while a head is longer.
constexpr std::size_t kFirstBuffer = 4 * 1024;
constexpr std::size_t kBodyBuffer = 16 * 1024;

}  // namespace

WireReader::WireReader(Stream& stream, const HeadLimits& limits)
    : stream_(stream), scanner_(limits), buffer_(kFirstBuffer) {}

async::Task<Result<std::size_t>> WireReader::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      // Bounded: heads by the scanner's limit, bodies are consumed before more is read.
      buffer_.resize(std::max(kBodyBuffer, buffer_.size() * 2));
    }
  }
  auto got = co_await stream_.read_some(std::span<char>(buffer_.data() + end_, buffer_.size() - end_));
  if (got) {
    end_ += *got;
    received_ += *got;
  }
  co_return got;
}

async::Task<Result<std::string_view>> WireReader::head() {
  scanner_.reset();
  while (true) {
    auto size = scanner_.scan(buffered());
    if (!size) co_return fail(size.error());
    if (*size > 0) {
      const std::string_view view = buffered().substr(0, *size);
      consume(*size);
      co_return view;
    }
    auto got = co_await fill();
    if (!got) co_return fail(got.error());
    if (*got == 0) co_return fail(Code::Truncated, "the peer ended the connection inside a message head");
  }
}

BodyReader::BodyReader(WireReader& wire, BodyFraming framing, std::size_t limit)
    : wire_(wire),
      framing_(framing),
      limit_(limit),
      left_(framing.length),
      chunks_(limit),
      done_(framing.kind == BodyFraming::Kind::None ||
            (framing.kind == BodyFraming::Kind::Length && framing.length == 0)) {}

std::unexpected<Error> BodyReader::too_large() const {
  return fail(Error(Code::BodyTooLarge, "a body over the limit").with("limit_bytes", std::to_string(limit_)));
}

Status BodyReader::start() const {
  if (framing_.kind == BodyFraming::Kind::Length && framing_.length > limit_) return too_large();
  return {};
}

async::Task<Status> BodyReader::read_some(std::string& out, std::size_t most) {
  const std::size_t before = out.size();
  while (!done_ && out.size() == before) {
    if (wire_.buffered().empty()) {
      auto more_came = co_await wire_.fill();
      if (!more_came) co_return fail(more_came.error());
      if (*more_came == 0) {
        if (framing_.kind != BodyFraming::Kind::UntilClose) {
          co_return fail(Code::Truncated, "the peer ended the connection inside a body");
        }
        done_ = true;
        break;
      }
    }
    const auto buffered = wire_.buffered().substr(0, most);
    if (framing_.kind == BodyFraming::Kind::Chunked) {
      auto used = chunks_.feed(buffered, out);
      if (!used && used.error().code == Code::BodyTooLarge) co_return too_large();
      if (!used) co_return fail(used.error());
      wire_.consume(*used);
      done_ = chunks_.done();
      continue;
    }
    auto take = buffered.size();
    if (framing_.kind == BodyFraming::Kind::Length) {
      take = static_cast<std::size_t>(std::min<std::uint64_t>(take, left_));
      left_ -= take;
      done_ = left_ == 0;
    } else if (got_ + take > limit_) {
      co_return too_large();
    }
    got_ += take;
    out.append(buffered.substr(0, take));
    wire_.consume(take);
  }
  co_return Status();
}

}  // namespace sekisho::http
