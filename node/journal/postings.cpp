#include "node/journal/postings.hpp"

#include <algorithm>

namespace sekisho::node {

namespace {

void put_varint(Bytes& out, std::uint64_t v) {
  while (v >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(0x80 | (v & 0x7f)));
    v >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(v));
}

std::optional<std::uint64_t> take_varint(BytesView& in) {
  std::uint64_t v = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const std::uint8_t byte = in.front();
    in = in.subspan(1);
    v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return v;
  }
  return std::nullopt;
}

}  // namespace

void PostingBatch::drain(std::vector<Mutation>& out) {
  std::ranges::sort(rows_);
  for (std::size_t i = 0; i < rows_.size();) {
    const auto& prefix = rows_[i].first;
    Position last = rows_[i].second;
    Bytes key(prefix.begin(), prefix.end());
    append(key, be64(last));
    Bytes value;
    for (++i; i < rows_.size() && rows_[i].first == prefix; ++i) {
      if (rows_[i].second == last) continue;  // an entry that names the token twice
      put_varint(value, rows_[i].second - last);
      last = rows_[i].second;
    }
    out.push_back({Family::Posting, std::move(key), std::move(value)});
  }
  rows_.clear();
}

Result<std::vector<Position>> parse_postings(BytesView key, BytesView value) {
  if (key.size() != kPostingPrefix + 8) return fail(Code::DatabaseDamaged, "a posting's key has another length");
  std::vector<Position> out{read_be64(key.subspan(kPostingPrefix))};
  while (!value.empty()) {
    const std::optional<std::uint64_t> step = take_varint(value);
    if (!step || *step == 0) return fail(Code::DatabaseDamaged, "a posting's steps do not read");
    out.push_back(out.back() + *step);
  }
  return out;
}

}  // namespace sekisho::node
