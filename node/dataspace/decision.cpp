#include "node/dataspace/decision.hpp"

#include <utility>

namespace sekisho::node {

Result<EntryDraft> decision_entry(const ProcessBase& process, std::string_view what, std::string_view act, Word by,
                                  JsonObject subject) {
  const bool provider = (process.role == Role::Provider) == (by == Word::Own);
  subject["what"] = what;
  subject["act"] = act;
  subject["by"] = provider ? "provider" : "consumer";
  subject["process"] = process.pid;
  subject["peer"] = process.peer_did;
  if (!process.code.empty()) subject["code"] = process.code;
  Result<std::string> detail = canonical_json(Json(std::move(subject)));
  if (!detail) return fail(detail.error());
  EntryDraft entry;
  entry.kind = by == Word::Own ? pb::GOVERNANCE : pb::OBSERVED;
  entry.content = std::move(*detail);
  entry.tokens = {{Dimension::Counterparty, process.peer_did}};
  return entry;
}

}  // namespace sekisho::node
