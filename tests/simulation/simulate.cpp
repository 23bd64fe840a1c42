// The long run: every schedule of every scenario up to a bound, then seeds, then the planted defects.
//
//   simulate [--deviations N] [--stride N] [--seeds N] [--first N] [--most N] [--scenario NAME] [--trace SEED]
//
// most: violations of seeds after which it stops. A scenario that there is not leaves the seeds alone.
//
// Exit 0 when no rule was broken and every planted defect was found.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "tests/simulation/explorer.hpp"

namespace sekisho::simulation {
namespace {

struct Settings {
  unsigned deviations = 1;
  std::uint64_t stride = 1;
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  std::uint64_t most = 5;
  std::string scenario;
  std::optional<std::uint64_t> trace;
};

Settings parse(int argc, char** argv) {
  Settings out;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--deviations") out.deviations = static_cast<unsigned>(std::atoi(value));
    if (name == "--stride") out.stride = std::strtoull(value, nullptr, 10);
    if (name == "--seeds") out.seeds = std::strtoull(value, nullptr, 10);
    if (name == "--first") out.first = std::strtoull(value, nullptr, 10);
    if (name == "--most") out.most = std::strtoull(value, nullptr, 10);
    if (name == "--scenario") out.scenario = value;
    if (name == "--trace") out.trace = std::strtoull(value, nullptr, 10);
  }
  return out;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void print(const Tally& t) {
  fmt::print(
      "schedules {} steps {} crashes injected {} messages {} lost {} doubled {} reordered {} delayed {} cuts {} faults "
      "{}\n",
      t.runs, t.steps, t.crashes, t.messages, t.lost, t.doubled, t.reordered, t.delayed, t.cuts, t.faults);
}

int run(const Settings& settings) {
  if (settings.trace) {
    const RandomRun one = run_seed({}, *settings.trace);
    fmt::print("{}\n", one.found ? one.found->text() : "no violation");
    return one.found ? 1 : 0;
  }
  Tally total;
  std::uint64_t violations = 0;
  for (const Scenario& scenario : scenarios()) {
    if (!settings.scenario.empty() && scenario.name != settings.scenario) continue;
    const auto begin = std::chrono::steady_clock::now();
    const Outcome outcome = explore(scenario, {}, {settings.deviations, settings.stride, true});
    fmt::print("{}: {:.1f} s, ", scenario.name, seconds_since(begin));
    print(outcome.tally);
    total.add(outcome.tally);
    violations += outcome.found.size();
    for (const Found& found : outcome.found) fmt::print("{}\n", found.text());
  }
  const auto begin = std::chrono::steady_clock::now();
  Tally chance;
  for (std::uint64_t seed = settings.first; seed < settings.first + settings.seeds; ++seed) {
    const RandomRun one = run_seed({}, seed);
    chance.add(one.tally);
    if (!one.found) continue;
    ++violations;
    fmt::print("seed {}: {}\n", seed, one.found->text());
    if (violations >= settings.most) break;
  }
  fmt::print("seeds {}: {:.1f} s, ", settings.seeds, seconds_since(begin));
  print(chance);
  total.add(chance);
  fmt::print("in all: seeds {} ", settings.seeds);
  print(total);
  fmt::print("violations {}\n", violations);
  std::size_t found = 0;
  for (Plant plant : plants()) {
    bool both = true;
    for (const bool outside : {false, true}) {
      plant.from_outside = outside;
      std::uint64_t runs = 0;
      const std::optional<Found> first = hunt(plant, runs);
      both = both && first;
      fmt::print("planted: {}, {}: {}\n", plant.name, outside ? "seen from outside" : "database watched",
                 first ? fmt::format("found after {} schedules in \"{}\" ({})", runs, first->scenario,
                                     first->violations.front().rule)
                       : fmt::format("NOT found in {} schedules", runs));
    }
    found += both ? 1 : 0;
  }
  fmt::print("planted defects found {} of {}\n", found, plants().size());
  return violations == 0 && found == plants().size() ? 0 : 1;
}

}  // namespace
}  // namespace sekisho::simulation

int main(int argc, char** argv) { return sekisho::simulation::run(sekisho::simulation::parse(argc, argv)); }
