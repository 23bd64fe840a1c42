#include "tests/simulation/explorer.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <set>

#include <fmt/format.h>

namespace sekisho::simulation {
namespace {

constexpr std::uint64_t kWorldSeed = 1;

// Follows a schedule and remembers how many offers each step had.
class Follow final : public Chooser {
 public:
  explicit Follow(const Schedule& schedule) : schedule_(schedule) {}
  [[nodiscard]] std::size_t choose(const std::vector<Option>& options) override {
    const std::uint32_t step = static_cast<std::uint32_t>(offers.size());
    offers.push_back(static_cast<std::uint32_t>(options.size()));
    if (next_ >= schedule_.deviations.size() || schedule_.deviations[next_].first != step) return 0;
    // A schedule that was shortened may find fewer offers than before.
    return schedule_.deviations[next_++].second % options.size();
  }
  std::vector<std::uint32_t> offers;

 private:
  const Schedule& schedule_;
  std::size_t next_ = 0;
};

// Chance with a temper: how often, how many, and which kinds of faults differ from seed to seed, because faults of one
// kind hide those of another.
class Chance final : public Chooser {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {
    often_ = 1 + random_() % 40;
    left_ = 1 + random_() % 24;
    forbidden_ = static_cast<std::uint32_t>(random_() & random_());
  }
  [[nodiscard]] std::uint64_t draw() { return random_(); }
  [[nodiscard]] std::size_t choose(const std::vector<Option>& options) override {
    const std::uint32_t step = steps_++;
    if (options.size() < 2 || random_() % 100 >= often_) return 0;
    const std::size_t chosen = 1 + random_() % (options.size() - 1);
    if ((forbidden_ >> static_cast<unsigned>(options[chosen].kind) & 1U) != 0) return 0;
    if (options[chosen].fault && left_ == 0) return 0;
    // Both sides' deadlines pass in the longest cut: with an operator's act before it, each may rightly end its way.
    if (options[chosen].kind == Kind::Cut && options[chosen].packet == 2) return 0;
    left_ -= options[chosen].fault ? 1 : 0;
    taken.deviations.emplace_back(step, static_cast<std::uint32_t>(chosen));
    return chosen;
  }
  Schedule taken;

 private:
  std::mt19937_64 random_;
  std::uint64_t often_ = 0;
  std::uint64_t left_ = 0;
  std::uint32_t forbidden_ = 0;
  std::uint32_t steps_ = 0;
};

bool same_rule(const OneRun& run, const std::string& rule) {
  return std::ranges::any_of(run.violations, [&](const Violation& v) { return v.rule == rule; });
}

// Leaves out one deviation after the other as long as the same rule is broken.
Schedule shorten(const Scenario& scenario, const Plant& plant, Schedule schedule, const std::string& rule,
                 std::uint64_t seed) {
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (std::size_t i = 0; i < schedule.deviations.size(); ++i) {
      Schedule without = schedule;
      without.deviations.erase(without.deviations.begin() + static_cast<std::ptrdiff_t>(i));
      if (!same_rule(run_schedule(scenario, plant, without, seed), rule)) continue;
      schedule = std::move(without);
      shorter = true;
      break;
    }
  }
  return schedule;
}

std::string rules_of(const std::vector<Violation>& violations) {
  std::set<std::string> rules;
  for (const Violation& v : violations) rules.insert(v.rule);
  return fmt::format("{}", fmt::join(rules, " "));
}

Found found_by(const Scenario& scenario, const Plant& plant, const Schedule& schedule, const std::string& rule,
               std::uint64_t seed, std::uint64_t runs) {
  Found found;
  found.scenario = scenario.name;
  found.schedule = shorten(scenario, plant, schedule, rule, seed);
  OneRun shown = run_schedule(scenario, plant, found.schedule, seed);
  found.violations = std::move(shown.violations);
  found.trace = std::move(shown.trace);
  found.runs = runs;
  return found;
}

}  // namespace

std::string Schedule::text() const {
  std::string out;
  for (const auto& [step, offer] : deviations) out += fmt::format("{}{}:{}", out.empty() ? "" : " ", step, offer);
  return out;
}

std::string Found::text() const {
  std::string out = fmt::format("scenario \"{}\", schedule [{}], after {} runs\n", scenario, schedule.text(), runs);
  for (const Violation& v : violations) out += fmt::format("  {}: {}\n", v.rule, v.detail);
  for (std::size_t i = 0; i < trace.size(); ++i) out += fmt::format("  {:4} {}\n", i, trace[i]);
  return out;
}

OneRun run_schedule(const Scenario& scenario, const Plant& plant, const Schedule& schedule, std::uint64_t seed) {
  World world(scenario, plant, seed);
  Follow follow(schedule);
  world.run(follow);
  return {world.tally(), world.hash(), world.violations(), world.trace()};
}

Outcome explore(const Scenario& scenario, const Plant& plant, Bounds bounds) {
  Outcome out;
  std::deque<Schedule> waiting{Schedule{}};
  std::uint64_t skipped = 0;
  std::set<std::string> known;
  while (!waiting.empty()) {
    const Schedule schedule = std::move(waiting.front());
    waiting.pop_front();
    World world(scenario, plant, kWorldSeed);
    Follow follow(schedule);
    world.run(follow);
    out.tally.add(world.tally());
    if (!world.violations().empty()) {
      if (known.insert(rules_of(world.violations())).second) {
        out.found.push_back(
            found_by(scenario, plant, schedule, world.violations().front().rule, kWorldSeed, out.tally.runs));
      }
      if (!bounds.to_the_end) return out;
      continue;
    }
    if (schedule.deviations.size() >= bounds.deviations) continue;
    const bool last = schedule.deviations.size() + 1 == bounds.deviations;
    const std::uint32_t from = schedule.deviations.empty() ? 0 : schedule.deviations.back().first + 1;
    for (std::uint32_t step = from; step < follow.offers.size(); ++step) {
      for (std::uint32_t offer = 1; offer < follow.offers[step]; ++offer) {
        if (last && skipped++ % bounds.stride != 0) continue;
        Schedule child = schedule;
        child.deviations.emplace_back(step, offer);
        waiting.push_back(std::move(child));
      }
    }
  }
  return out;
}

std::optional<Found> hunt(const Plant& plant, std::uint64_t& runs) {
  for (const unsigned deviations : {0U, 1U}) {
    for (const Scenario& scenario : scenarios()) {
      Outcome outcome = explore(scenario, plant, {deviations, 1, false});
      runs += outcome.tally.runs;
      if (!outcome.found.empty()) return std::move(outcome.found.front());
    }
  }
  return std::nullopt;
}

RandomRun run_seed(const Plant& plant, std::uint64_t seed) {
  Chance chance(seed);
  const Scenario& scenario = scenarios()[chance.draw() % scenarios().size()];
  World world(scenario, plant, seed);
  world.run(chance);
  RandomRun out{world.tally(), world.hash(), std::nullopt};
  if (!world.violations().empty()) {
    out.found = found_by(scenario, plant, chance.taken, world.violations().front().rule, seed, 1);
  }
  return out;
}

}  // namespace sekisho::simulation
