// Disclosed content: data and salt give the commitments that were released, as far as the data go.
#include <algorithm>

#include <fmt/format.h>

#include "trust/evidence/commitment.hpp"
#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {
namespace {

// The octets of a stream that its recipient says it verified: of the whole, or up to a head.
std::uint64_t received(const StatementItem& open) {
  std::uint64_t most = 0;
  const auto look_at = [&most](const StatementItem& of) {
    for (const StatementItem* receipt : of.receipts) {
      const auto outcome = receipt->statement.text("outcome");
      if (!receipt->sealed || (outcome != "verified" && outcome != "partial")) continue;
      most = std::max(most, receipt->statement.integer("bytes").value_or(0));
    }
  };
  look_at(open);
  for (const StatementItem* window : open.windows) look_at(*window);
  return most;
}

// The data of a stream lie in its windows as its heads state them, as far as they go.
void check_windows(const StatementItem& open, const Disclosure& disclosure, const std::string& member,
                   Findings& findings) {
  std::vector<const StatementItem*> heads;
  for (const StatementItem* window : open.windows) {
    if (window->statement.kind == StatementKind::StreamHead) heads.push_back(window);
  }
  std::sort(heads.begin(), heads.end(), [](const auto* a, const auto* b) {
    return a->statement.integer("bytes").value_or(0) < b->statement.integer("bytes").value_or(0);
  });
  ContentHasher hasher;
  std::size_t at = 0, windows = 0;
  for (const StatementItem* head : heads) {
    const std::size_t end = static_cast<std::size_t>(head->statement.integer("bytes").value_or(0));
    if (end > disclosure.data->size()) break;  // a cut kept it from leaving
    const bool taken = end > at && hasher.add_chunk(BytesView(*disclosure.data).subspan(at, end - at)).has_value();
    const Commitment prefix = hasher.finish(disclosure.salt);
    if (!taken || prefix.value != head->statement.digest("commitment")) {
      return findings.fault(Verdict::Tampered, "disclosure", member,
                            "data and salt do not give the commitment of a window");
    }
    at = end;
    ++windows;
  }
  if (at != disclosure.data->size()) {
    return findings.fault(Verdict::Tampered, "disclosure", member, "data beyond the last window");
  }
  const std::string given = fmt::format("data and salt give the commitment of {} of {} windows", windows, heads.size());
  if (at < received(open)) {
    return findings.fault(Verdict::Indeterminate, "disclosure", member, given + ", but its recipient had more");
  }
  findings.pass("disclosure", member, given);
}

}  // namespace

void check_disclosures(Material& material, Findings& findings) {
  for (const auto& [id, disclosure] : material.disclosures) {
    const std::string member = disclosure_member(id);
    const auto item = material.statements.find(id);
    if (item != material.statements.end() && item->second.statement.kind == StatementKind::StreamOpen) {
      material.unused.erase(member);
      if (disclosure.data) {
        check_windows(item->second, disclosure, member, findings);
      } else {
        findings.pass("disclosure", member, "the salt alone: the windows can be checked by whoever has the data");
      }
      continue;
    }
    if (item == material.statements.end() || item->second.statement.subject.size() != 1) continue;  // stays unused
    material.unused.erase(member);
    if (!disclosure.data) {
      findings.pass("disclosure", member, "the salt alone: the commitment can be checked by whoever has the data");
      continue;
    }
    const Status fits =
        verify_commitment(disclosure.salt, *disclosure.data, item->second.statement.subject[0].commitment);
    if (!fits) {
      findings.fault(Verdict::Tampered, "disclosure", member, fits.error().message);
    } else {
      findings.pass("disclosure", member, "data and salt give the commitment that was released");
    }
  }
}

}  // namespace sekisho::trust::verify
