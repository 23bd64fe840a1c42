// Runs many schedules of a scenario: every one with at most so many deviations from the calm course, or by chance.
//
// A schedule is what it does otherwise than a calm world: at which steps, and which offer it takes there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/world.hpp"

namespace sekisho::simulation {

struct Schedule {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> deviations;  // step, offer; rising steps
  [[nodiscard]] std::string text() const;
};

struct Found {
  std::string scenario;
  Schedule schedule;  // as short as it could be made
  std::vector<Violation> violations;
  std::vector<std::string> trace;
  std::uint64_t runs = 0;  // until it was found
  [[nodiscard]] std::string text() const;
};

struct Outcome {
  Tally tally;
  std::vector<Found> found;  // one for each set of rules that was broken together
};

struct Bounds {
  unsigned deviations = 1;   // every schedule with so many at most
  std::uint64_t stride = 1;  // of the schedules with the most deviations only each so-many-th
  bool to_the_end = false;   // the first violation does not end the exploration
};

[[nodiscard]] Outcome explore(const Scenario& scenario, const Plant& plant, Bounds bounds);

// The first violation that a plant leads to: calm runs of all scenarios first, then every schedule with one deviation.
// runs: how many it took.
[[nodiscard]] std::optional<Found> hunt(const Plant& plant, std::uint64_t& runs);

// One run by chance; the seed says everything about it.
struct RandomRun {
  Tally tally;
  Digest hash{};
  std::optional<Found> found;
};
[[nodiscard]] RandomRun run_seed(const Plant& plant, std::uint64_t seed);

// One run of one schedule.
struct OneRun {
  Tally tally;
  Digest hash{};
  std::vector<Violation> violations;
  std::vector<std::string> trace;
};
[[nodiscard]] OneRun run_schedule(const Scenario& scenario, const Plant& plant, const Schedule& schedule,
                                  std::uint64_t seed);

}  // namespace sekisho::simulation
