// The kit's quick form on every connector of ours.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/conformance/connectors/checks.hpp"
#include "tests/conformance/connectors/own_subjects.hpp"
#include "tests/conformance/connectors/report.hpp"

namespace sekisho::conformance {
namespace {

const KnownDefect* known_defect(const std::string& subject, Check check) {
  static const std::vector<KnownDefect> all = known_defects();
  for (const KnownDefect& defect : all) {
    if (subject.starts_with(defect.subject) && defect.check == check) return &defect;
  }
  return nullptr;
}

TEST(ConnectorConformance, EveryConnectorOfOurs) {
  const std::vector<std::unique_ptr<Subject>> all = own_subjects();
  std::vector<Subject*> subjects;
  for (const std::unique_ptr<Subject>& subject : all) subjects.push_back(subject.get());
  const std::vector<Row> rows = run(subjects, Sizes::quick());
  std::fputs(as_table(rows).c_str(), stdout);
  for (const Row& row : rows) {
    for (const CheckInfo& info : checks()) {
      const Outcome& outcome = row.outcomes[static_cast<std::size_t>(info.check)];
      const KnownDefect* known = known_defect(row.subject, info.check);
      if (known != nullptr && outcome.verdict == Verdict::Failed) {
        std::printf("known defect: %s, %s: %s\n", row.subject.c_str(), info.name, known->reason.c_str());
        continue;
      }
      EXPECT_NE(outcome.verdict, Verdict::Failed) << row.subject << ", " << info.name << ": " << outcome.detail;
    }
  }
}

}  // namespace
}  // namespace sekisho::conformance
