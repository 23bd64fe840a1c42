#include "trust/evidence/kinds.hpp"

namespace sekisho::trust {
namespace {

struct Row {
  std::string_view name;
  std::string_view predicate_type;
  pb::EntryKind own;
  pb::EntryKind peer;
};

#define SEKISHO_PREDICATE(kind) kind, "https://w3id.org/sekisho/" kind "/v1"

// In the order of the enumerators.
constexpr std::array<Row, kStatementKinds.size()> kRows = {{
    {SEKISHO_PREDICATE("agreement"), pb::AGREEMENT_OUT, pb::AGREEMENT_IN},
    {SEKISHO_PREDICATE("request"), pb::REQUEST_OUT, pb::REQUEST_IN},
    {SEKISHO_PREDICATE("terms"), pb::TERMS_OUT, pb::TERMS_IN},
    {SEKISHO_PREDICATE("intent"), pb::INTENT, pb::OBSERVED},
    {SEKISHO_PREDICATE("release"), pb::NRO_OUT, pb::NRO_IN},
    {SEKISHO_PREDICATE("receipt"), pb::NRR_OUT, pb::NRR_IN},
    {SEKISHO_PREDICATE("refusal"), pb::REFUSAL_OUT, pb::REFUSAL_IN},
    {SEKISHO_PREDICATE("void"), pb::VOID_OUT, pb::VOID_IN},
    {SEKISHO_PREDICATE("erasure"), pb::ERASURE, pb::OBSERVED},
    {SEKISHO_PREDICATE("stream-open"), pb::STREAM_OPEN_OUT, pb::STREAM_OPEN_IN},
    {SEKISHO_PREDICATE("stream-head"), pb::STREAM_HEAD_OUT, pb::STREAM_HEAD_IN},
    {SEKISHO_PREDICATE("stream-end"), pb::STREAM_END_OUT, pb::STREAM_END_IN},
}};

#undef SEKISHO_PREDICATE

const Row& row(StatementKind kind) { return kRows[static_cast<std::size_t>(kind)]; }

}  // namespace

std::string_view kind_name(StatementKind kind) { return row(kind).name; }
std::string_view predicate_type(StatementKind kind) { return row(kind).predicate_type; }
pb::EntryKind own_entry_kind(StatementKind kind) { return row(kind).own; }
pb::EntryKind peer_entry_kind(StatementKind kind) { return row(kind).peer; }

std::optional<StatementKind> kind_of_predicate(std::string_view type) {
  for (const StatementKind kind : kStatementKinds) {
    if (row(kind).predicate_type == type) return kind;
  }
  return std::nullopt;
}

}  // namespace sekisho::trust
