// Bounded runs of the simulation; `./dev simulate` runs as many as one likes.
//
//   SEKISHO_SIMULATION_SEED=N    runs that seed alone and shows what happened
//   SEKISHO_SIMULATION_SEEDS=N   how many seeds instead of the default
#include <gtest/gtest.h>

#include <cstdlib>

#include <fmt/format.h>

#include "tests/simulation/explorer.hpp"

namespace sekisho::simulation {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kStride = 16;
constexpr std::uint64_t kSeeds = 20;
#else
constexpr std::uint64_t kStride = 1;
constexpr std::uint64_t kSeeds = 200;
#endif

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

void show(const Tally& t) {
  fmt::print("schedules {} steps {} crashes {} messages {} lost {} doubled {} reordered {} delayed {} cuts {}\n",
             t.runs, t.steps, t.crashes, t.messages, t.lost, t.doubled, t.reordered, t.delayed, t.cuts);
}

class Schedules : public ::testing::TestWithParam<std::size_t> {};

// Every schedule with one deviation: each fault, other order and early act at each step.
TEST_P(Schedules, WithOneDeviationConverge) {
  const Outcome outcome = explore(scenarios()[GetParam()], {}, {1, kStride, false});
  show(outcome.tally);
  for (const Found& found : outcome.found) ADD_FAILURE() << found.text();
  EXPECT_GT(outcome.tally.crashes, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Schedules, ::testing::Range(std::size_t{0}, scenarios().size()), [](const auto& p) {
  std::string name(scenarios()[p.param].name);
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

TEST(Seeds, Converge) {
  const char* one = std::getenv("SEKISHO_SIMULATION_SEED");
  const std::uint64_t first = one == nullptr ? 1 : std::strtoull(one, nullptr, 10);
  const std::uint64_t seeds = one == nullptr ? setting("SEKISHO_SIMULATION_SEEDS", kSeeds) : 1;
  Tally tally;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const RandomRun run = run_seed({}, seed);
    tally.add(run.tally);
    ASSERT_FALSE(run.found) << "SEKISHO_SIMULATION_SEED=" << seed << "\n" << run.found->text();
  }
  fmt::print("seeds {} ", seeds);
  show(tally);
}

TEST(Seeds, SameSeedSameRun) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    EXPECT_EQ(run_seed({}, seed).hash, run_seed({}, seed).hash) << "seed " << seed;
  EXPECT_NE(run_seed({}, 1).hash, run_seed({}, 2).hash);
}

class Planted : public ::testing::TestWithParam<std::size_t> {};

void find(const Plant& plant) {
  std::uint64_t runs = 0;
  const std::optional<Found> found = hunt(plant, runs);
  ASSERT_TRUE(found) << plant.name << ": not found in " << runs << " schedules";
  fmt::print("\"{}\" found after {} schedules in \"{}\": {}\n", plant.name, runs, found->scenario,
             found->violations.front().rule);
}

// The proof that the other tests can fail.
TEST_P(Planted, IsFound) { find(plants()[GetParam()]); }

// Also by what others see of the node alone.
TEST_P(Planted, IsFoundFromOutside) {
  Plant plant = plants()[GetParam()];
  plant.from_outside = true;
  find(plant);
}

INSTANTIATE_TEST_SUITE_P(All, Planted, ::testing::Range(std::size_t{0}, plants().size()), [](const auto& p) {
  std::string name(plants()[p.param].name);
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace sekisho::simulation
