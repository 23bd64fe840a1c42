#include "trust/evidence/commitment.hpp"

#include "base/crypto/digest.hpp"
#include "trust/log/tree_hash.hpp"

namespace sekisho::trust {
namespace {

Commitment close(const Digest& salt, std::uint64_t bytes, std::uint64_t chunks, const Digest& root) {
  static constexpr std::string_view kContext("sekisho-commit-v1\0", 18);
  const auto be_bytes = be64(bytes);
  const auto be_chunks = be64(chunks);
  return {sha256({as_bytes(kContext), BytesView(salt), BytesView(be_bytes), BytesView(be_chunks), BytesView(root)}),
          bytes, chunks};
}

}  // namespace

Commitment commit(const Digest& salt, BytesView content) {
  // The common record: one chunk, whose leaf is the root.
  if (!content.empty() && content.size() <= kChunkBytes) return close(salt, content.size(), 1, leaf_hash(content));
  Frontier chunks;
  for (BytesView rest = content; !rest.empty();) {
    const BytesView chunk = rest.first(std::min(rest.size(), kChunkBytes));
    chunks.append(leaf_hash(chunk));
    rest = rest.subspan(chunk.size());
  }
  return close(salt, content.size(), chunks.size(), chunks.root());
}

Status verify_commitment(const Digest& salt, BytesView content, const Digest& expected) {
  if (commit(salt, content).value != expected) {
    return fail(Code::CommitmentMismatch, "the content and its salt do not give the commitment");
  }
  return {};
}

Status ContentHasher::add_chunk(BytesView chunk) {
  if (chunk.empty() || chunk.size() > kChunkBytes) return fail(Code::InvalidArgument, "a chunk is 1 octet to 1 MiB");
  chunks_.append(leaf_hash(chunk));
  bytes_ += chunk.size();
  return {};
}

Commitment ContentHasher::finish(const Digest& salt) const {
  return close(salt, bytes_, chunks_.size(), chunks_.root());
}

Digest commit_field(const Digest& salt, std::string_view name, BytesView value) {
  static constexpr std::string_view kContext("sekisho-field-v1\0", 17);
  const std::uint8_t length[2] = {static_cast<std::uint8_t>(name.size() >> 8),
                                  static_cast<std::uint8_t>(name.size() & 0xff)};
  return sha256({as_bytes(kContext), BytesView(salt), BytesView(length), as_bytes(name), value});
}

}  // namespace sekisho::trust
