// One run: nodes, network and time, moved step by step. At each step the world offers what could happen next; the first
// offer is what a calm world does, the others are faults, other orders, and acts of the operators. Same choices, same
// run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/scenario.hpp"
#include "tests/simulation/watch.hpp"

namespace sekisho::simulation {

enum class Kind : std::uint8_t {
  Write,         // the units that wait at a node become durable
  Deliver,       // a packet arrives
  Act,           // the next act of the scenario
  Restart,       // a node that is down starts again
  Advance,       // time goes to the next wait; what was held back is under way again
  Lose,          // a packet never arrives
  Double,        // a packet arrives, and once more later
  HoldBack,      // a packet arrives after time has passed
  Crash,         // a node is killed; what waits to be written is lost
  CrashWritten,  // a node is killed right after the write, before anybody is told
  Cut,           // no connection comes about for a while
};

struct Option {
  Kind kind = Kind::Advance;
  std::size_t node = 0;
  std::size_t packet = 0;  // its place in the queue
  bool fault = false;      // counts against the bound
};

struct Tally {
  std::uint64_t runs = 0, steps = 0, crashes = 0, lost = 0, doubled = 0, delayed = 0, reordered = 0, cuts = 0,
                faults = 0;
  std::uint64_t starts = 0, messages = 0, writes = 0;
  void add(const Tally& other);
};

// Decides which offer is taken. Asked at every step that has more than one.
class Chooser {
 public:
  virtual ~Chooser() = default;
  [[nodiscard]] virtual std::size_t choose(const std::vector<Option>& options) = 0;
};

// The first offer, always.
class Calm final : public Chooser {
 public:
  [[nodiscard]] std::size_t choose(const std::vector<Option>&) override { return 0; }
};

class World {
 public:
  World(const Scenario& scenario, const Plant& plant, std::uint64_t seed);
  ~World();

  // To rest under the chooser; then calmly on, with every node restarted once more.
  void run(Chooser& chooser);

  [[nodiscard]] const std::vector<Violation>& violations() const { return watch_->violations(); }
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }
  // Of the trace and of both logs.
  [[nodiscard]] Digest hash() const;
  [[nodiscard]] SimNode& node(std::size_t number) { return *nodes_[number]; }
  [[nodiscard]] std::map<std::string, std::string> states() const { return watch_->states(); }

 private:
  [[nodiscard]] std::vector<Option> options() const;
  [[nodiscard]] std::optional<Option> calm() const;
  void add_faults(std::vector<Option>& out) const;
  void step(const Option& option);
  void deliver(Packet packet);
  void start(std::size_t node);
  void crash(std::size_t node);
  // Runs what can run without time, network or disk.
  void settle();
  // Until nothing is under way and no time changes a process any more. False when it does not come to rest.
  bool rest(Chooser& chooser);
  [[nodiscard]] const Act* next_act() const;
  [[nodiscard]] std::string name(const Option& option) const;

  Cast& cast_;
  const Scenario& scenario_;
  VirtualTime time_;
  Network network_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::unique_ptr<Watch> watch_;
  std::size_t acted_ = 0;
  std::uint64_t changes_ = 0;
  async::SteadyTime changed_{};  // when a process changed its state
  Tally tally_;
  std::vector<std::string> trace_;
};

}  // namespace sekisho::simulation
