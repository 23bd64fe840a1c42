#include "node/exchange/stream/positions.hpp"

#include <algorithm>
#include <charconv>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"

namespace sekisho::node {
namespace {

constexpr std::string_view kProgress = "got";
constexpr std::size_t kSkip = 8;

Bytes resume_row(const StreamPlace& place) {
  const Digest peer = sha256(as_bytes(place.peer_did));
  Bytes key = to_bytes("resume");
  append(key, BytesView(peer).first(16));
  append(key, place.exchange.octets);
  append(key, be64(place.chunk));
  return key;
}

Bytes progress_prefix(const Uuid& exchange) {
  Bytes key = to_bytes(kProgress);
  append(key, exchange.octets);
  return key;
}

Bytes progress_row(const Uuid& exchange, std::uint64_t chunk) {
  Bytes key = progress_prefix(exchange);
  append(key, be64(chunk));
  return key;
}

}  // namespace

Result<std::pair<Uuid, std::uint64_t>> parse_resume(std::string_view text) {
  const auto hash = text.find('#');
  if (hash == std::string_view::npos) return fail(Code::InvalidArgument, "what is resumed is <exchange>#<chunks>");
  const auto exchange = uuid_from_text(text.substr(0, hash));
  const std::string_view digits = text.substr(hash + 1);
  std::uint64_t chunk = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), chunk);
  const bool whole = fault == std::errc() && end == digits.data() + digits.size() && chunk < (1ULL << 53);
  if (!exchange || !whole) return fail(Code::InvalidArgument, "what is resumed is <exchange>#<chunks>");
  return std::pair(*exchange, chunk);
}

std::string resume_text(const Uuid& exchange, std::uint64_t chunk) {
  return to_text(exchange) + "#" + std::to_string(chunk);
}

void mark(std::deque<StreamMark>& marks, std::uint64_t at, StreamPoint point) {
  if (marks.empty() || point.cursor.empty()) return;
  if (marks.back().at == at) marks.pop_back();
  marks.push_back(StreamMark{at, std::move(point)});
}

StreamPoint point_at(std::deque<StreamMark>& marks, std::uint64_t at) {
  while (marks.size() > 1 && marks[1].at <= at) marks.pop_front();
  StreamPoint out = marks.front().point;
  out.skip += at - marks.front().at;
  return out;
}

Mutation resume_point(const StreamPlace& place, const Digest& agreement, const StreamPoint& point) {
  Bytes value = to_bytes(BytesView(agreement));
  append(value, be64(point.skip));
  append(value, point.cursor);
  return Mutation{Family::Exchange, resume_row(place), std::move(value)};
}

std::optional<Mutation> forget_oldest_point(StreamPlace place) {
  if (place.chunk < kResumeWindows) return std::nullopt;
  place.chunk -= kResumeWindows;
  return Mutation{Family::Exchange, resume_row(place), std::nullopt};
}

void forget_points(const StreamPlace& last, std::vector<Mutation>& out) {
  StreamPlace place = last;
  for (std::uint64_t n = 0; n < kResumeWindows && n <= last.chunk; ++n) {
    place.chunk = last.chunk - n;
    out.push_back(Mutation{Family::Exchange, resume_row(place), std::nullopt});
  }
}

Result<StreamPoint> find_resume_point(const Storage& storage, const StreamPlace& place, const Digest& agreement) {
  const auto row = storage.get(Family::Exchange, resume_row(place));
  if (!row) return fail(row.error());
  const std::size_t fixed = agreement.size() + kSkip;
  if (!*row || (*row)->size() < fixed || !std::equal(agreement.begin(), agreement.end(), (*row)->begin()))
    return fail(Code::Conflict, "the stream cannot go on there");
  const BytesView value = **row;
  return StreamPoint{std::string(as_text(value.subspan(fixed))), read_be64(value.subspan(agreement.size(), kSkip))};
}

void keep_progress(const Uuid& exchange, std::uint64_t chunk, std::uint64_t bytes, std::vector<Mutation>& out) {
  out.push_back(Mutation{Family::Exchange, progress_row(exchange, chunk), to_bytes(be64(bytes))});
  if (chunk > kResumeWindows)
    out.push_back(Mutation{Family::Exchange, progress_row(exchange, chunk - kResumeWindows), std::nullopt});
}

void forget_progress(const Uuid& exchange, std::uint64_t chunk, std::vector<Mutation>& out) {
  for (std::uint64_t n = 0; n < kResumeWindows && n < chunk; ++n)
    out.push_back(Mutation{Family::Exchange, progress_row(exchange, chunk - n), std::nullopt});
}

Result<StreamProgress> find_progress(const Storage& storage, const Uuid& exchange,
                                     std::optional<std::uint64_t> received) {
  StreamProgress found;
  bool first = true, too_far = false;
  const Bytes prefix = progress_prefix(exchange);
  const auto scanned = storage.scan(Family::Exchange, {}, prefix, [&](BytesView key, BytesView value) {
    if (key.size() != prefix.size() + 8 || value.size() != 8) return true;
    const StreamProgress here{read_be64(key.subspan(prefix.size())), read_be64(value)};
    const bool within = !received || here.bytes <= *received;
    too_far = first && !within && here.chunk > 1;
    first = false;
    if (within) found = here;
    return within;
  });
  if (!scanned) return fail(scanned.error());
  if (too_far) return fail(Code::Conflict, "the stream cannot go on that far back");
  return found;
}

}  // namespace sekisho::node
