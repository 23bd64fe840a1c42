#include "tests/simulation/world.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "tests/simulation/prepared.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::simulation {
namespace {

constexpr std::size_t kMostSteps = 3000;
constexpr std::size_t kPacketsLookedAt = 3;
constexpr std::array<std::chrono::minutes, 3> kCuts{std::chrono::minutes(20), std::chrono::hours(3),
                                                    std::chrono::hours(25)};
// Longer than any deadline: who has not moved by then never will.
constexpr std::chrono::hours kStill{24 * 9};

}  // namespace

void Tally::add(const Tally& other) {
  runs += other.runs;
  steps += other.steps;
  crashes += other.crashes;
  lost += other.lost;
  doubled += other.doubled;
  delayed += other.delayed;
  reordered += other.reordered;
  cuts += other.cuts;
  faults += other.faults;
  starts += other.starts;
  messages += other.messages;
  writes += other.writes;
}

World::World(const Scenario& scenario, const Plant& plant, std::uint64_t seed)
    : cast_(Cast::shared()), scenario_(scenario), time_(*cast_.clock), network_(time_, cast_.hosts) {
  const Prepared& begin = scenario.agreed ? prepared_agreement() : prepared_nothing();
  cast_.clock->set(node::testing::kNow);  // made by a run of its own, the first time
  for (std::size_t i = 0; i < kNodes; ++i) {
    nodes_.push_back(std::make_unique<SimNode>(cast_, i, network_, time_, *scenario.profile, begin[i], seed));
  }
  watch_ =
      std::make_unique<Watch>(std::vector<SimNode*>{nodes_[kFarm].get(), nodes_[kTrade].get()}, plant.from_outside);
  for (const auto& node : nodes_) {
    if (plant.leaves_out != nullptr) node->storage().leave_out = plant.leaves_out;
    node->storage().says_durable_early = plant.says_durable_early;
  }
  network_.leaving = [this](std::size_t from, const node::PeerRequest& request) {
    ++tally_.messages;
    watch_->leaving(from, request);
  };
  ++tally_.runs;
  for (const auto& node : nodes_) start(node->number());
}

World::~World() {
  for (const auto& node : nodes_) node->crash();
}

void World::start(std::size_t number) {
  ++tally_.starts;
  const Status started = nodes_[number]->start();
  if (started) return watch_->started(number);
  watch_->report("refused-start", started.error().chain());
  nodes_[number]->crash();
}

void World::crash(std::size_t number) {
  ++tally_.crashes;
  nodes_[number]->crash();
}

void World::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& node : nodes_) moved = node->poll() || moved;
  }
}

const Act* World::next_act() const {
  if (acted_ >= scenario_.acts.size()) return nullptr;
  const Act& act = scenario_.acts[acted_];
  if (!nodes_[act.node]->up()) return nullptr;
  std::vector<const SimNode*> view;
  for (const auto& node : nodes_) view.push_back(node.get());
  return act.ready == nullptr || act.ready(view) ? &act : nullptr;
}

std::optional<Option> World::calm() const {
  for (const auto& node : nodes_) {
    if (!node->up()) return Option{Kind::Restart, node->number(), 0, false};
  }
  const Act* act = next_act();
  if (act != nullptr && act->at_once) return Option{Kind::Act, act->node, 0, false};
  for (const auto& node : nodes_) {
    if (node->unwritten()) return Option{Kind::Write, node->number(), 0, false};
  }
  if (!network_.flying.empty()) return Option{Kind::Deliver, network_.flying.front().to, 0, false};
  if (act != nullptr) return Option{Kind::Act, act->node, 0, false};
  const bool still = network_.held_back.empty() && time_.now() - changed_ > kStill;
  if (!still && (time_.next() || !network_.held_back.empty())) return Option{Kind::Advance, 0, 0, false};
  return std::nullopt;
}

void World::add_faults(std::vector<Option>& out) const {
  const Kind first = out.front().kind;
  const bool busy =
      !network_.flying.empty() || std::ranges::any_of(nodes_, [](const auto& n) { return n->unwritten(); });
  const std::size_t packets = std::min(network_.flying.size(), kPacketsLookedAt);
  for (std::size_t i = 0; i < packets; ++i) {
    const std::size_t to = network_.flying[i].to;
    for (const Kind kind : {Kind::Lose, Kind::Double, Kind::HoldBack}) out.push_back({kind, to, i, true});
    if (i > 0 || first != Kind::Deliver) out.push_back({Kind::Deliver, to, i, true});
  }
  for (const auto& node : nodes_) {
    if (!node->up()) continue;
    out.push_back({Kind::Crash, node->number(), 0, true});
    if (!node->unwritten()) continue;
    out.push_back({Kind::CrashWritten, node->number(), 0, true});
    if (first != Kind::Write || out.front().node != node->number())
      out.push_back({Kind::Write, node->number(), 0, true});
  }
  const Act* act = next_act();
  if (act != nullptr && first != Kind::Act) out.push_back({Kind::Act, act->node, 0, false});
  if (busy && time_.next()) out.push_back({Kind::Advance, 0, 0, true});
  for (std::size_t i = 0; i < kCuts.size() && !network_.cut(); ++i) out.push_back({Kind::Cut, 0, i, true});
}

std::vector<Option> World::options() const {
  std::vector<Option> out;
  const std::optional<Option> first = calm();
  if (!first) return out;
  out.push_back(*first);
  add_faults(out);
  return out;
}

std::string World::name(const Option& option) const {
  static constexpr std::array<std::string_view, 11> kNames{
      "write", "deliver", "act", "restart", "advance", "lose", "double", "hold back", "crash", "crash written", "cut"};
  std::string out = fmt::format("{}{}", option.fault ? "! " : "", kNames[static_cast<std::size_t>(option.kind)]);
  switch (option.kind) {
    case Kind::Deliver:
    case Kind::Lose:
    case Kind::Double:
    case Kind::HoldBack: return fmt::format("{} {}", out, network_.flying[option.packet].name());
    case Kind::Act: return fmt::format("{} {}", out, next_act()->name);
    case Kind::Advance: return out;
    case Kind::Cut: return fmt::format("{} for {} min", out, kCuts[option.packet].count());
    default: return fmt::format("{} {}", out, cast_.hosts[option.node]);
  }
}

void World::deliver(Packet packet) {
  if (packet.answer) return network_.finish(packet.call, std::move(packet.result));
  SimNode& receiver = *nodes_[packet.to];
  if (!receiver.up() || network_.cut()) return network_.finish(packet.call, fail(Code::Connection, "nobody is there"));
  network_.in_hand(packet.call, packet.to);
  receiver.take(packet.from, packet.request, [this, packet](http::Response response) {
    watch_->answered(packet.to, packet.request, response);
    Packet back;
    back.answer = true;
    back.from = packet.to;
    back.to = packet.from;
    back.call = packet.call;
    back.request.method = packet.request.method;
    back.request.target = packet.request.target;
    http::ClientResponse content;
    content.status = response.status;
    content.headers = response.headers;
    content.body = std::move(response.body);
    back.result = std::move(content);
    network_.flying.push_back(std::move(back));
    if (response.after) response.after(true);
  });
}

void World::step(const Option& option) {
  const auto take = [this, &option] {
    Packet packet = std::move(network_.flying[option.packet]);
    network_.flying.erase(network_.flying.begin() + static_cast<std::ptrdiff_t>(option.packet));
    return packet;
  };
  switch (option.kind) {
    case Kind::Write:
      ++tally_.writes;
      nodes_[option.node]->write();
      break;
    case Kind::Deliver:
      tally_.reordered += option.fault ? 1 : 0;
      deliver(take());
      break;
    case Kind::Act: {
      const Act* act = next_act();
      ++acted_;
      nodes_[act->node]->act(act->run);
      break;
    }
    case Kind::Restart: start(option.node); break;
    case Kind::Advance:
      time_.advance();
      for (Packet& packet : network_.held_back) network_.flying.push_back(std::move(packet));
      network_.held_back.clear();
      break;
    case Kind::Lose:
      ++tally_.lost;
      (void)take();
      break;
    case Kind::Double: {
      ++tally_.doubled;
      Packet packet = take();
      Packet again = packet;
      if (!again.answer) again.call = 0;
      network_.flying.push_back(std::move(again));
      deliver(std::move(packet));
      break;
    }
    case Kind::HoldBack:
      ++tally_.delayed;
      network_.held_back.push_back(take());
      break;
    case Kind::Crash: crash(option.node); break;
    case Kind::CrashWritten:
      ++tally_.writes;
      nodes_[option.node]->write();
      crash(option.node);
      break;
    case Kind::Cut:
      ++tally_.cuts;
      network_.cut_until(time_.now() + kCuts[option.packet]);
      break;
  }
  settle();
  if (watch_->changes() == changes_ && option.kind != Kind::Act) return;
  changes_ = watch_->changes();
  changed_ = time_.now();
}

bool World::rest(Chooser& chooser) {
  settle();
  changed_ = time_.now();
  for (std::size_t i = 0; i < kMostSteps; ++i) {
    const std::vector<Option> offers = options();
    if (offers.empty()) return true;
    const Option& chosen = offers[chooser.choose(offers)];
    ++tally_.steps;
    tally_.faults += chosen.fault ? 1 : 0;
    trace_.push_back(name(chosen));
    step(chosen);
    if (std::ranges::any_of(watch_->violations(), [](const Violation& v) { return v.rule == "refused-start"; }))
      return true;
  }
  watch_->report("no-rest", fmt::format("still moving after {} steps", kMostSteps));
  return false;
}

void World::run(Chooser& chooser) {
  if (!rest(chooser) || !violations().empty()) return;
  watch_->at_rest(scenario_.ends_may_cross);
  const auto before = watch_->states();
  trace_.emplace_back("everybody restarts");
  for (const auto& node : nodes_) node->crash();
  for (const auto& node : nodes_) start(node->number());
  Calm calm;
  if (!violations().empty() || !rest(calm)) return;
  watch_->at_rest(scenario_.ends_may_cross);
  if (watch_->states() != before)
    watch_->report("restart-changes", "a restart without faults changed the state of a process");
}

Digest World::hash() const {
  std::string all;
  for (const std::string& line : trace_) all += line + "\n";
  for (const auto& node : nodes_) {
    if (node->up()) all += to_hex(node->journal().head().root);
  }
  return sha256(as_bytes(all));
}

}  // namespace sekisho::simulation
