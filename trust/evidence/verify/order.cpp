// Order within an issuer: counters, previous statements, log times; and statements that convict their issuer.
#include <algorithm>
#include <tuple>

#include "base/core/encoding.hpp"
#include "trust/evidence/misconduct.hpp"
#include "trust/evidence/verify/material.hpp"

namespace sekisho::trust::verify {
namespace {

void check_counters(const Material& material, Findings& findings) {
  std::map<std::tuple<std::string, Digest, std::uint64_t>, const StatementItem*> counted;
  for (const auto& [id, item] : material.statements) {
    const Statement& s = item.statement;
    if (s.agreement && s.counter && item.sealed)
      counted.emplace(std::tuple(s.issuer.did, *s.agreement, *s.counter), &item);
  }
  for (const auto& [key, item] : counted) {
    const auto& [did, agreement, counter] = key;
    if (counter == 0) continue;
    const auto before = counted.find({did, agreement, counter - 1});
    if (before == counted.end()) continue;
    const Statement& earlier = before->second->statement;
    if (item->statement.prev != earlier.id || earlier.time >= item->statement.time) {
      findings.fault(Verdict::Contested, "order", item->member,
                     "the statement before it under its agreement is not the one that it names");
    } else {
      findings.pass("order", item->member,
                    "follows statement " + std::to_string(counter - 1) + " of its issuer under the agreement");
    }
  }
}

void check_log_times(const Material& material, Findings& findings) {
  std::map<std::pair<std::string, std::uint64_t>, const StatementItem*> logged;
  for (const auto& [id, item] : material.statements) {
    if (item.sealed) logged.emplace(std::pair(item.statement.origin, item.statement.index), &item);
  }
  const StatementItem* before = nullptr;
  for (const auto& [key, item] : logged) {
    if (before && before->statement.origin == item->statement.origin &&
        before->statement.time >= item->statement.time) {
      findings.fault(Verdict::Contested, "order", item->member, "its log time does not rise with its index");
    }
    before = item;
  }
}

void check_misconduct(const Material& material, Findings& findings) {
  std::vector<Sworn> sworn;
  for (const auto& [id, item] : material.statements) {
    if (!item.sealed) continue;
    sworn.push_back({&item.statement, item.counterpart ? item.counterpart->did : std::string()});
  }
  const std::vector<Misconduct> found = find_misconduct(sworn);
  for (const Misconduct& m : found) {
    findings.fault(Verdict::Contested, "misconduct", statement_member(m.second),
                   m.issuer + " made " + std::string(misconduct_name(m.kind)) + ": the other is " + to_hex(m.first));
  }
  if (found.empty()) findings.pass("misconduct", "", "no two sealed statements contradict each other");
}

}  // namespace

void check_order(const Material& material, Findings& findings) {
  check_counters(material, findings);
  check_log_times(material, findings);
  check_misconduct(material, findings);
}

}  // namespace sekisho::trust::verify
