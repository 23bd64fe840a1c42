#include "trust/evidence/verify_bundle.hpp"

#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust {

VerificationReport verify_bundle(BytesView bundle, const std::map<std::string, Digest>& roots,
                                 const VerifyOptions& options) {
  VerificationReport report;
  verify::Findings findings;
  const Result<ArchiveView> members = read_bundle(bundle, options.limits);
  if (!members) {
    findings.fault(Verdict::Malformed, "archive", "", members.error().message);
    report.verdict = findings.worst();
    report.findings = findings.take();
    return report;
  }
  findings.pass("archive", "", "the manifest fits its " + std::to_string(members->size()) + " members");
  verify::Material material = verify::load(*members, findings);
  verify::link(material, findings);
  verify::check_snapshots(material, roots, findings);
  verify::check_seals(material, findings);
  verify::check_paths(material, roots, options.judge, findings);
  verify::check_logs(material, findings);
  verify::check_exchanges(material, findings);
  verify::check_order(material, findings);
  verify::check_disclosures(material, findings);
  verify::check_agreements(material, findings);
  for (const std::string& member : material.unused) {
    findings.fault(Verdict::Malformed, "archive", member, "nothing in the bundle refers to this member");
  }
  report.facts = verify::facts_of(material);
  report.agreements = verify::agreements_of(material);
  // Log times are the nodes' own word until a witness or a time-stamp stands beside them.
  report.verdict = worse(findings.worst(), Verdict::ValidUnconfirmed);
  if (report.verdict <= Verdict::ValidUnconfirmed) report.note = "not yet binding: no cosigned checkpoint";
  report.findings = findings.take();
  return report;
}

}  // namespace sekisho::trust
