#include "cli/commands/verify.hpp"

#include <algorithm>
#include <map>
#include <ostream>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::cli {
namespace {

using trust::Verdict;
using trust::VerificationReport;

Result<std::map<std::string, Digest>> parse_roots(const std::vector<std::string>& texts) {
  std::map<std::string, Digest> out;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return fail(Code::InvalidArgument, "--root takes <zone>=<SHA-256 of the root certificate>, not " + text);
    }
    const Result<Digest> digest = digest_from_hex(std::string_view(text).substr(equals + 1));
    if (!digest)
      return fail(Code::InvalidArgument, "--root: not 64 lower-case hex digits after " + text.substr(0, equals + 1));
    if (!out.emplace(text.substr(0, equals), *digest).second) {
      return fail(Code::InvalidArgument, "--root: the zone " + text.substr(0, equals) + " is named twice");
    }
  }
  if (out.empty()) {
    return fail(Code::InvalidArgument,
                "--root is needed: the digests of the root certificates that you trust, from a source of your own");
  }
  return out;
}

// Groups in the order in which they were first checked.
std::vector<std::pair<std::string, std::vector<const trust::Finding*>>> grouped(const VerificationReport& report) {
  std::vector<std::pair<std::string, std::vector<const trust::Finding*>>> out;
  for (const trust::Finding& finding : report.findings) {
    auto it = std::find_if(out.begin(), out.end(), [&](const auto& g) { return g.first == finding.group; });
    if (it == out.end()) it = out.insert(out.end(), {finding.group, {}});
    it->second.push_back(&finding);
  }
  return out;
}

// What a party wrote must not move the auditor's cursor, nor recolour or conceal the verdict below it.
std::string ascii(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

void print_facts(const trust::ExchangeFacts& f, std::ostream& out) {
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out << fmt::format("  {:<11} {}\n", name, ascii(value));
  };
  out << fmt::format("\nexchange {}\n", ascii(f.exchange));
  line("outcome", f.code.empty() ? f.outcome : f.outcome + " (" + f.code + ")");
  line("from", fmt::format("{} (zone {})", f.provider, f.provider_zone));
  line("to", f.recipient.empty()
                 ? ""
                 : fmt::format("{} (zone {})", f.recipient, f.recipient_zone.empty() ? "none" : f.recipient_zone));
  line("agreement", f.agreement);
  line("dataset", f.dataset);
  line("purpose", f.purpose);
  line("when", fmt::format("{} by the log of the provider", to_rfc3339(f.time)));
  if (f.receipt_time) line("received", fmt::format("{} by the log of the recipient", to_rfc3339(*f.receipt_time)));
  if (f.bytes) line("content", fmt::format("{} bytes{}{}", *f.bytes, f.media.empty() ? "" : ", ", f.media));
  line("logged", f.provider_log);
  line("and", f.recipient_log);
}

void print_agreement(const trust::AgreementFacts& f, std::ostream& out) {
  const auto line = [&](std::string_view name, const std::optional<Instant>& at, const std::string& log) {
    if (at) out << fmt::format("  {:<11} {}, {}\n", name, to_rfc3339(*at), ascii(log));
  };
  out << fmt::format("\nagreement {}\n", f.agreement);
  out << fmt::format("  {:<11} {} (zone {})\n", "provider", ascii(f.provider), ascii(f.provider_zone));
  out << fmt::format("  {:<11} {} (zone {})\n", "consumer", ascii(f.consumer), ascii(f.consumer_zone));
  line("agreed", f.agreed, f.agreed_log);
  line("verified", f.verified, f.verified_log);
  line("finalized", f.finalized, f.finalized_log);
  if (!f.document.empty()) out << fmt::format("  {:<11} {}\n", "says", ascii(f.document));
}

void print_text(const VerificationReport& report, std::ostream& out) {
  for (const auto& [group, findings] : grouped(report)) {
    const auto faults = std::count_if(findings.begin(), findings.end(), [](const auto* f) { return !f->ok(); });
    out << fmt::format("{:<12} {}\n", group,
                       faults == 0 ? fmt::format("ok ({})", findings.size())
                                   : fmt::format("{} of {} failed", faults, findings.size()));
    for (const trust::Finding* f : findings) {
      if (f->ok()) continue;
      out << fmt::format("  {}: {}{}{}\n", trust::verdict_info(f->verdict).name, ascii(f->detail),
                         f->member.empty() ? "" : " — ", ascii(f->member));
    }
  }
  for (const trust::AgreementFacts& facts : report.agreements) print_agreement(facts, out);
  for (const trust::ExchangeFacts& facts : report.facts) print_facts(facts, out);
  const auto& verdict = trust::verdict_info(report.verdict);
  out << fmt::format("\nverdict: {}\n  {}\n", verdict.name, verdict.meaning);
  if (!report.note.empty()) out << fmt::format("  {}\n", report.note);
}

Json facts_json(const trust::ExchangeFacts& f) {
  JsonObject out{{"exchange", f.exchange},
                 {"outcome", f.outcome},
                 {"provider", JsonObject{{"did", f.provider}, {"zone", f.provider_zone}, {"log", f.provider_log}}},
                 {"recipient", JsonObject{{"did", f.recipient}, {"zone", f.recipient_zone}, {"log", f.recipient_log}}},
                 {"agreement", f.agreement},
                 {"dataset", f.dataset},
                 {"purpose", f.purpose},
                 {"media", f.media},
                 {"time", to_rfc3339(f.time)}};
  if (f.receipt_time) out["receiptTime"] = to_rfc3339(*f.receipt_time);
  if (f.bytes) out["bytes"] = *f.bytes;
  if (!f.code.empty()) out["code"] = f.code;
  return out;
}

Json agreement_json(const trust::AgreementFacts& f) {
  JsonObject out{{"agreement", f.agreement},
                 {"negotiation", f.negotiation},
                 {"provider", JsonObject{{"did", f.provider}, {"zone", f.provider_zone}}},
                 {"consumer", JsonObject{{"did", f.consumer}, {"zone", f.consumer_zone}}}};
  const auto stated = [&](const char* name, const std::optional<Instant>& at, const std::string& log) {
    if (at) out[name] = JsonObject{{"time", to_rfc3339(*at)}, {"log", log}};
  };
  stated("agreed", f.agreed, f.agreed_log);
  stated("verified", f.verified, f.verified_log);
  stated("finalized", f.finalized, f.finalized_log);
  if (const Result<Json> document = parse_json(f.document)) out["document"] = *document;
  return out;
}

void print_json(const VerificationReport& report, std::ostream& out) {
  const auto& verdict = trust::verdict_info(report.verdict);
  JsonArray findings, facts, agreements;
  for (const trust::Finding& f : report.findings) {
    findings.push_back(JsonObject{{"group", f.group},
                                  {"member", f.member},
                                  {"ok", f.ok()},
                                  {"detail", f.detail},
                                  {"verdict", trust::verdict_info(f.verdict).name}});
  }
  for (const trust::ExchangeFacts& f : report.facts) facts.push_back(facts_json(f));
  for (const trust::AgreementFacts& f : report.agreements) agreements.push_back(agreement_json(f));
  const Json json = JsonObject{
      {"verdict", verdict.name}, {"exitCode", verdict.exit_code}, {"meaning", verdict.meaning}, {"note", report.note},
      {"facts", facts},          {"agreements", agreements},      {"findings", findings}};
  out << to_text(json) << "\n";
}

int usage(const Error& error, std::ostream& err) {
  err << "sekisho verify: " << error.message << "\n";
  return trust::verdict_info(Verdict::Usage).exit_code;
}

}  // namespace

int run_verify(const VerifyArguments& arguments, std::ostream& out, std::ostream& err) {
  const Result<std::map<std::string, Digest>> roots = parse_roots(arguments.roots);
  if (!roots) return usage(roots.error(), err);
  if (arguments.bundles.empty()) return usage(Error(Code::InvalidArgument, "name the bundle"), err);
  const trust::VerifyOptions options;
  std::vector<Bytes> bundles;
  for (const std::string& path : arguments.bundles) {
    Result<Bytes> bundle = read_file(path, options.limits.bytes);
    if (!bundle) return usage(bundle.error(), err);
    bundles.push_back(std::move(*bundle));
  }
  VerificationReport report;
  if (bundles.size() == 1) {
    report = trust::verify_bundle(bundles[0], *roots, options);
  } else if (const Result<Bytes> merged = trust::merge_bundles(bundles, options.limits); merged) {
    report = trust::verify_bundle(*merged, *roots, options);
  } else {
    report.findings.push_back({"archive", "", merged.error().message, Verdict::Malformed});
  }
  if (arguments.json) {
    print_json(report, out);
  } else {
    print_text(report, out);
  }
  return trust::verdict_info(report.verdict).exit_code;
}

}  // namespace sekisho::cli
