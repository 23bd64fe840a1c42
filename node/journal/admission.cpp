#include "node/journal/admission.hpp"

#include "node/journal/entry.hpp"
#include "node/journal/seal_neighbours.hpp"

namespace sekisho::node {

namespace {

constexpr std::size_t kEntryOverhead = 512;  // seal, tokens, keys and index rows
constexpr std::size_t kOwnStatement = 1024;
constexpr std::size_t kLongestDetail = kMaxEntryBytes - 2048;

bool journals_own(Family family) {
  return family == Family::Entry || family == Family::Tile || family == Family::Posting ||
         family == Family::Unique || family == Family::Counter;
}

Status check_entry(const EntryDraft& draft) {
  if (!pb::EntryKind_IsValid(draft.kind) || draft.kind == pb::ENTRY_KIND_UNSPECIFIED) {
    return fail(Code::InvalidArgument, "an entry of no kind");
  }
  if (draft.tokens.size() > kUnitTokens) return fail(Code::LimitExceeded, "an entry with more than 16 tokens");
  if (const auto* own = std::get_if<trust::Draft>(&draft.content)) {
    if (draft.kind != trust::own_entry_kind(own->kind)) {
      return fail(Code::InvalidArgument, "an own statement in an entry of another kind");
    }
    return trust::check_draft(*own);
  }
  if (is_own_statement(draft.kind)) return fail(Code::InvalidArgument, "an entry of an own kind without own statement");
  if (const auto* foreign = std::get_if<Foreign>(&draft.content)) {
    if (foreign->payload.empty()) return fail(Code::InvalidArgument, "a foreign statement without payload");
    if (foreign->payload.size() > trust::kMaxPayloadBytes) {
      return fail(Code::LimitExceeded, "a foreign statement over " + std::to_string(trust::kMaxPayloadBytes) + " octets");
    }
    return trust::check_seal_shape(foreign->seal);
  }
  const std::string& detail = std::get<std::string>(draft.content);
  if (detail.empty()) return fail(Code::InvalidArgument, "an entry without content");
  if (detail.size() > kLongestDetail) return fail(Code::LimitExceeded, "an entry's detail over 58 KiB");
  return {};
}

}  // namespace

Status check_unit(const Unit& unit) {
  if (unit.entries.size() > kBatchEntries) return fail(Code::LimitExceeded, "a unit of more than 1,024 entries");
  if (unit.mutations.size() > kUnitMutations) return fail(Code::LimitExceeded, "a unit of more than 4,096 rows");
  for (const EntryDraft& draft : unit.entries) {
    Status checked = check_entry(draft);
    if (!checked) return checked;
  }
  for (const Mutation& m : unit.mutations) {
    if (journals_own(m.family)) {
      return fail(Code::InvalidArgument, "only the journal writes the family " + std::string(family_name(m.family)));
    }
  }
  return {};
}

std::size_t estimate_bytes(const Unit& unit) {
  std::size_t total = 64;
  for (const EntryDraft& draft : unit.entries) {
    total += kEntryOverhead;
    if (const auto* foreign = std::get_if<Foreign>(&draft.content)) {
      total += foreign->payload.size() + 32 * foreign->seal.path.size();
    } else if (const auto* detail = std::get_if<std::string>(&draft.content)) {
      total += detail->size();
    } else {
      total += kOwnStatement;
    }
  }
  for (const Mutation& m : unit.mutations) total += 64 + m.key.size() + (m.value ? m.value->size() : 0);
  return total;
}

}  // namespace sekisho::node
