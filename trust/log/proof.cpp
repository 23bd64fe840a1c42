#include "trust/log/proof.hpp"

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "trust/log/merkle.hpp"
#include "trust/log/text.hpp"
#include "trust/log/tile.hpp"

namespace sekisho::trust {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::size_t kMaxProofBytes = 192U << 10;
constexpr std::size_t kMaxPath = 63;

}  // namespace

std::string format_proof(const LogProof& proof) {
  std::string out = fmt::format("{}\n", kHeader);
  if (proof.extra) out += fmt::format("extra {}\n", to_base64(*proof.extra));
  out += fmt::format("index {}\n", proof.index);
  for (const Digest& hash : proof.path) out += to_base64(hash) + "\n";
  return out + "\n" + proof.checkpoint;
}

Result<LogProof> parse_proof(std::string_view text) {
  const auto bad = [](std::string_view what) { return fail(Code::ProofInvalid, fmt::format("log proof: {}", what)); };
  if (text.size() > kMaxProofBytes) return bad("over its limit");
  if (take_line(text) != kHeader) return bad("unknown first line");
  LogProof out;
  auto line = take_line(text);
  if (line && line->starts_with("extra ")) {
    Result<Bytes> extra = from_base64(line->substr(6));
    if (!extra || extra->size() > kMaxEntryBytes) return bad("extra is not base64 of an entry");
    out.extra = std::move(*extra);
    line = take_line(text);
  }
  if (!line || !line->starts_with("index ")) return bad("no index line");
  const auto index = parse_decimal(line->substr(6));
  if (!index) return bad("the index is not a decimal number");
  out.index = *index;
  for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
    const Result<Bytes> hash = from_base64(*line);
    if (!hash || hash->size() != 32) return bad("a hash line is not base64 of 32 octets");
    if (out.path.size() == kMaxPath) return bad("too many hashes");
    std::copy(hash->begin(), hash->end(), out.path.emplace_back().begin());
  }
  if (!line || text.empty()) return bad("no checkpoint");
  out.checkpoint = text;
  return out;
}

Result<Checkpoint> verify_proof(const LogProof& proof, BytesView entry, const VerifierKey& log_key) {
  Result<OpenedCheckpoint> opened = open_checkpoint(proof.checkpoint, log_key);
  if (!opened) return fail(opened.error());
  const Checkpoint& head = opened->checkpoint;
  if (Status s = verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.path, head.root); !s) {
    return fail(s.error());
  }
  return std::move(opened->checkpoint);
}

}  // namespace sekisho::trust
