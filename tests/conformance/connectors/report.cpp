#include "tests/conformance/connectors/report.hpp"

#include <fmt/format.h>

#include <map>

#include "base/core/json.hpp"
#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

const char* word(Verdict verdict) {
  constexpr const char* kWords[] = {"passed", "failed", "not applicable"};
  return kWords[static_cast<std::size_t>(verdict)];
}

const char* cell(Verdict verdict) {
  constexpr const char* kCells[] = {"passed", "FAILED", "n/a"};
  return kCells[static_cast<std::size_t>(verdict)];
}

}  // namespace

Count count(const std::vector<Row>& rows) {
  Count out;
  for (const Row& row : rows) {
    for (const Outcome& outcome : row.outcomes) {
      if (outcome.verdict == Verdict::Passed) ++out.passed;
      if (outcome.verdict == Verdict::Failed) ++out.failed;
      if (outcome.verdict == Verdict::NotApplicable) ++out.not_applicable;
    }
  }
  return out;
}

std::string as_table(const std::vector<Row>& rows) {
  std::string out = fmt::format("{:<14}", "");
  for (const Row& row : rows) out += fmt::format("  {:>6}", row.subject);
  out += '\n';
  for (const CheckInfo& info : checks()) {
    out += fmt::format("{:<14}", info.name);
    for (const Row& row : rows) {
      const Outcome& outcome = row.outcomes[static_cast<std::size_t>(info.check)];
      out += fmt::format("  {:>{}}", cell(outcome.verdict), std::max<std::size_t>(6, row.subject.size()));
    }
    out += '\n';
  }
  out += '\n';
  for (const CheckInfo& info : checks()) {
    // The same words of several connectors stand once.
    std::map<std::pair<Verdict, std::string>, std::string> said;
    for (const Row& row : rows) {
      const Outcome& outcome = row.outcomes[static_cast<std::size_t>(info.check)];
      std::string& who = said[{outcome.verdict, outcome.detail}];
      who += (who.empty() ? "" : ", ") + row.subject;
    }
    out += fmt::format("{}: {}\n", info.name, info.title);
    for (const auto& [what, who] : said) out += fmt::format("  {:<6} {}: {}\n", cell(what.first), who, what.second);
  }
  const Count sum = count(rows);
  out += fmt::format("\n{} connectors, {} checks: {} passed, {} failed, {} not applicable\n", rows.size(),
                     checks().size(), sum.passed, sum.failed, sum.not_applicable);
  return out;
}

std::string as_json(const std::vector<Row>& rows, const Sizes& sizes) {
  JsonArray connectors;
  for (const Row& row : rows) {
    JsonArray results;
    for (const CheckInfo& info : checks()) {
      const Outcome& outcome = row.outcomes[static_cast<std::size_t>(info.check)];
      JsonObject result;
      result["check"] = info.name;
      result["result"] = word(outcome.verdict);
      result["detail"] = outcome.detail;
      result["seconds"] = outcome.seconds;
      results.emplace_back(std::move(result));
    }
    JsonObject connector;
    connector["name"] = row.subject;
    connector["checks"] = std::move(results);
    connectors.emplace_back(std::move(connector));
  }
  const Count sum = count(rows);
  JsonObject out;
  out["suite"] = "connectors";
  out["records"] = sizes.records;
  out["stream_bytes"] = sizes.stream_bytes;
  out["budget_bytes"] = sizes.budget_bytes;
  out["connectors"] = std::move(connectors);
  out["passed"] = sum.passed;
  out["failed"] = sum.failed;
  out["not_applicable"] = sum.not_applicable;
  return to_text(Json(std::move(out)));
}

}  // namespace sekisho::conformance
