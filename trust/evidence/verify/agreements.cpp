// Agreements: who agreed to what, when, and in whose log it stands; and the document behind the digest, where it is
// disclosed.
#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {
namespace {

std::string place(const Statement& s) { return s.origin + "#" + std::to_string(s.index); }

// The document that the statement is about; the error says why it is not.
Result<JsonObject> document_of(const Statement& statement, const Disclosure& disclosure) {
  const auto not_it = [](std::string why) { return fail(Code::StatementInvalid, std::move(why)); };
  if (disclosure.salt != Digest{}) return not_it("the document of an agreement has no salt");
  if (!disclosure.data) return not_it("the document of the agreement is missing");
  const BytesView data = *disclosure.data;
  if (sha256(data) != statement.agreement) return not_it("the document has another digest than the agreement");
  const Result<Json> document = parse_json(as_text(data));
  if (!document || !document->is_object()) return not_it("the document of the agreement is no JSON object");
  const JsonObject& object = document->get_object();
  const auto named = [&](const char* member, const char* party) {
    return get_string(object, member).value_or("") == statement.party(party).value_or(Party{}).did;
  };
  if (!named("assigner", "provider") || !named("assignee", "consumer")) {
    return not_it("the document of the agreement names other parties than the statement");
  }
  return object;
}

// What was released under the agreement is its own dataset.
void check_target(const Material& material, const Digest& agreement, const JsonObject& document, Findings& findings) {
  const std::string target = get_string(document, "target").value_or("");
  for (const auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    if (s.kind != StatementKind::Terms || s.agreement != agreement || s.text("dataset") == target) continue;
    findings.fault(Verdict::Contested, "terms", item.member, "its dataset is not the one that was agreed on");
  }
}

// The provider states an agreement when it agrees and again when it is final, the consumer once, when it verifies.
void tell(const Statement& s, AgreementFacts& facts) {
  if (side_of(s) == AgreementSide::Consumer) {
    if (!facts.verified || s.time < *facts.verified) {
      facts.verified = s.time;
      facts.verified_log = place(s);
    }
    return;
  }
  if (!facts.agreed || s.time < *facts.agreed) {
    std::swap(facts.agreed, facts.finalized);
    std::swap(facts.agreed_log, facts.finalized_log);
    facts.agreed = s.time;
    facts.agreed_log = place(s);
  } else {
    facts.finalized = s.time;
    facts.finalized_log = place(s);
  }
}

}  // namespace

AgreementSide side_of(const Statement& agreement) {
  const auto is = [&](const char* role) {
    const Party party = agreement.party(role).value_or(Party{});
    return party.did == agreement.issuer.did && party.zone == agreement.issuer.zone;
  };
  if (is("provider")) return AgreementSide::Provider;
  return is("consumer") ? AgreementSide::Consumer : AgreementSide::Nobody;
}

void check_agreements(Material& material, Findings& findings) {
  for (const auto& [id, item] : material.statements) {
    if (item.statement.kind != StatementKind::Agreement || side_of(item.statement) != AgreementSide::Nobody) continue;
    findings.fault(Verdict::Contested, "terms", item.member, "it states an agreement of which its issuer is no party");
  }
  for (const auto& [id, disclosure] : material.disclosures) {
    const auto item = material.statements.find(id);
    if (item == material.statements.end() || item->second.statement.kind != StatementKind::Agreement) continue;
    const std::string member = disclosure_member(id);
    material.unused.erase(member);
    const Statement& agreement = item->second.statement;
    const Result<JsonObject> document = document_of(agreement, disclosure);
    if (!document) {
      findings.fault(Verdict::Tampered, "disclosure", member, document.error().message);
      continue;
    }
    findings.pass("disclosure", member, "the document is the agreement that the statement names");
    check_target(material, *agreement.agreement, *document, findings);
  }
}

std::vector<AgreementFacts> agreements_of(const Material& material) {
  std::map<Digest, AgreementFacts> found;
  for (const auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    if (s.kind != StatementKind::Agreement || !item.sealed || !s.agreement) continue;
    if (side_of(s) == AgreementSide::Nobody) continue;
    AgreementFacts& facts = found[*s.agreement];
    const Party provider = s.party("provider").value_or(Party{}), consumer = s.party("consumer").value_or(Party{});
    facts.agreement = to_hex(*s.agreement);
    facts.negotiation = s.text("negotiation").value_or("");
    facts.provider = provider.did;
    facts.provider_zone = provider.zone;
    facts.consumer = consumer.did;
    facts.consumer_zone = consumer.zone;
    tell(s, facts);
    const auto disclosure = material.disclosures.find(id);
    if (disclosure != material.disclosures.end() && document_of(s, disclosure->second)) {
      facts.document = as_text(*disclosure->second.data);
    }
  }
  std::vector<AgreementFacts> out;
  for (auto& [digest, facts] : found) out.push_back(std::move(facts));
  std::sort(out.begin(), out.end(),
            [](const AgreementFacts& a, const AgreementFacts& b) { return a.agreed < b.agreed; });
  return out;
}

}  // namespace sekisho::trust::verify
