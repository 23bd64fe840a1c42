// Runs the kit on Sekisho's own connectors and prints the table: connector_conformance [--quick] [--json FILE] [--only
// NAME]
#include <cstdio>
#include <fstream>
#include <string_view>

#include "tests/conformance/connectors/own_subjects.hpp"
#include "tests/conformance/connectors/report.hpp"

using namespace sekisho::conformance;

int main(int argc, char** argv) {
  Sizes sizes = Sizes::full();
  std::string json;
  std::string only;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool value = i + 1 < argc;
    if (argument == "--quick") {
      sizes = Sizes::quick();
    } else if (argument == "--json" && value) {
      json = argv[++i];
    } else if (argument == "--only" && value) {
      only = argv[++i];
    } else {
      std::fputs("usage: connector_conformance [--quick] [--json FILE] [--only NAME]\n", stderr);
      return 2;
    }
  }
  const std::vector<std::unique_ptr<Subject>> all = own_subjects();
  std::vector<Subject*> chosen;
  for (const std::unique_ptr<Subject>& subject : all) {
    if (only.empty() || subject->name() == only) chosen.push_back(subject.get());
  }
  if (chosen.empty()) {
    std::fputs("connector_conformance: no connector of that name\n", stderr);
    return 2;
  }
  const std::vector<Row> rows = run(chosen, sizes);
  std::fputs(as_table(rows).c_str(), stdout);
  if (!json.empty() && !(std::ofstream(json) << as_json(rows, sizes) << '\n')) {
    std::fprintf(stderr, "connector_conformance: cannot write %s\n", json.c_str());
    return 1;
  }
  return count(rows).failed == 0 ? 0 : 1;
}
