// Where a stream can go on (formats.md 5), kept in the same commits as its heads: the provider keeps the source's cursor at
// each of the last windows, the consumer how many octets it had with each. Both forget when all of it is confirmed.
//
// Rows of family Exchange: "resume" ‖ SHA-256(peer DID)[0..16) ‖ exchange ‖ be64 chunks → agreement digest ‖ be64 skip ‖
// cursor; "got" ‖ exchange ‖ be64 chunks → be64 octets.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.hpp"
#include "node/exchange/crossing.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

// More than the windows that can be ahead of the receipts, and those that a client may lag behind them.
inline constexpr std::uint64_t kResumeWindows = 256;

struct StreamPlace {
  std::string peer_did;
  Uuid exchange;
  std::uint64_t chunk = 0;  // of that many chunks
};

// "<exchange>#<chunks>". Code::InvalidArgument.
[[nodiscard]] Result<std::pair<Uuid, std::uint64_t>> parse_resume(std::string_view text);
[[nodiscard]] std::string resume_text(const Uuid& exchange, std::uint64_t chunk);

// Provider.
void mark(std::deque<StreamMark>& marks, std::uint64_t at, StreamPoint point);  // nothing where there are none yet
// The place at that octet; forgets the marks before it. Precondition: the first mark is not behind it.
[[nodiscard]] StreamPoint point_at(std::deque<StreamMark>& marks, std::uint64_t at);
[[nodiscard]] Mutation resume_point(const StreamPlace& place, const Digest& agreement, const StreamPoint& point);
[[nodiscard]] std::optional<Mutation> forget_oldest_point(StreamPlace place);
void forget_points(const StreamPlace& last, std::vector<Mutation>& out);
// Code::Conflict when there is none under this agreement.
[[nodiscard]] Result<StreamPoint> find_resume_point(const Storage& storage, const StreamPlace& place,
                                                    const Digest& agreement);

// Consumer.
void keep_progress(const Uuid& exchange, std::uint64_t chunk, std::uint64_t bytes, std::vector<Mutation>& out);
void forget_progress(const Uuid& exchange, std::uint64_t chunk, std::vector<Mutation>& out);
struct StreamProgress {
  std::uint64_t chunk = 0;
  std::uint64_t bytes = 0;
};
// The last window that lies wholly within that many octets; nullopt for received: within all that came. Code::Conflict
// when that is too far back.
[[nodiscard]] Result<StreamProgress> find_progress(const Storage& storage, const Uuid& exchange,
                                                   std::optional<std::uint64_t> received);

}  // namespace sekisho::node
