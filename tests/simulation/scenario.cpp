#include "tests/simulation/scenario.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/core/encoding.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::simulation {
namespace {

using node::Family;
using node::testing::kDataset;
using node::testing::kPurpose;
using Nodes = std::vector<const SimNode*>;

// The first process of a kind that is in one of these states; empty when there is none.
std::string find(const SimNode& node, Family family, std::initializer_list<std::string_view> states) {
  for (const auto& [key, value] : node.storage().table(family)) {
    const Result<Json> row = parse_json(as_text(value));
    if (!row || !row->is_object()) continue;
    const std::string state = get_string(row->get_object(), "state").value_or("");
    if (std::ranges::find(states, state) != states.end()) return std::string(as_text(key));
  }
  return {};
}

std::string open_negotiation(const SimNode& node) {
  return find(node, Family::Negotiation, {"REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED"});
}
std::string open_transfer(const SimNode& node) {
  return find(node, Family::Transfer, {"REQUESTED", "STARTED", "SUSPENDED"});
}
std::string started_transfer(const SimNode& node) { return find(node, Family::Transfer, {"STARTED"}); }
std::string suspended_transfer(const SimNode& node) { return find(node, Family::Transfer, {"SUSPENDED"}); }

std::string agreement(const SimNode& node) {
  const auto& rows = node.storage().table(Family::Agreement);
  return rows.empty() ? std::string() : std::string(as_text(rows.begin()->first));
}

// Operators' acts. An operator who is refused leaves it at that.
async::Task<void> ask(SimNode& n) {
  (void)co_await n.negotiations().request(n.cast().hosts[kFarm], kDataset, n.cast().offer);
}
async::Task<void> ask_for_other(SimNode& n) {
  (void)co_await n.negotiations().request(n.cast().hosts[kFarm], kDataset, n.cast().other_offer);
}
async::Task<void> end_negotiation(SimNode& n) {
  (void)co_await n.negotiations().terminate(open_negotiation(n), Code::Cancelled);
}
async::Task<void> ask_transfer(SimNode& n) { (void)co_await n.transfers().request(agreement(n), kPurpose); }
async::Task<void> end_transfer(SimNode& n) {
  (void)co_await n.transfers().terminate(open_transfer(n), Code::Cancelled);
}
async::Task<void> suspend(SimNode& n) { (void)co_await n.transfers().suspend(started_transfer(n), Code::Cancelled); }
async::Task<void> resume(SimNode& n) { (void)co_await n.transfers().resume(suspended_transfer(n)); }
async::Task<void> complete(SimNode& n) { (void)co_await n.transfers().complete(started_transfer(n)); }
async::Task<void> withdraw(SimNode& n) {
  const auto all = n.agreements().all();
  if (all.empty()) co_return;
  (void)co_await n.control().act(node::AgreementControl::Act::Withdraw, to_hex(all.front()->digest));
}

template <std::size_t At>
bool negotiating(const Nodes& nodes) {
  return !open_negotiation(*nodes[At]).empty();
}
template <std::size_t At>
bool transferring(const Nodes& nodes) {
  return !open_transfer(*nodes[At]).empty();
}
template <std::size_t At>
bool started(const Nodes& nodes) {
  return !started_transfer(*nodes[At]).empty();
}
template <std::size_t At>
bool suspended(const Nodes& nodes) {
  return !suspended_transfer(*nodes[At]).empty();
}
template <std::size_t At>
bool agreed(const Nodes& nodes) {
  return !agreement(*nodes[At]).empty();
}

const Act kAsk{"trade asks", kTrade, nullptr, ask};
const Act kAskTransfer{"trade asks for a transfer", kTrade, agreed<kTrade>, ask_transfer};

// A provider that answers a request by an offer of its own first.
class OffersFirst : public node::Profile {
 public:
  using node::Profile::next;
  [[nodiscard]] std::optional<policy::NegotiationMessage> next(
      const node::Moment<policy::NegotiationState>& moment) const override {
    const bool first = moment.role == policy::Party::Provider && moment.state == policy::NegotiationState::Requested &&
                       moment.visit == 1;
    return first ? std::optional(policy::NegotiationMessage::Offer) : Profile::next(moment);
  }
};

// And a consumer that answers that by a counter-offer.
class Counters final : public OffersFirst {
 public:
  using OffersFirst::next;
  [[nodiscard]] std::optional<policy::NegotiationMessage> next(
      const node::Moment<policy::NegotiationState>& moment) const override {
    const bool first = moment.role == policy::Party::Consumer && moment.state == policy::NegotiationState::Offered &&
                       moment.visit == 1;
    return first ? std::optional(policy::NegotiationMessage::Request) : OffersFirst::next(moment);
  }
};

std::vector<Scenario> make_scenarios() {
  static const OffersFirst offers_first;
  static const Counters counters;
  const node::Profile* product = &node::product_profile();
  const auto at_once = [](Act act) {
    act.at_once = true;
    return act;
  };
  const Act trade_ends{"trade ends it", kTrade, negotiating<kTrade>, end_negotiation};
  const Act farm_ends{"farm ends it", kFarm, negotiating<kFarm>, end_negotiation};
  const Act farm_suspends{"farm suspends", kFarm, started<kFarm>, suspend};
  const Act farm_resumes{"farm resumes", kFarm, suspended<kFarm>, resume};
  const Act farm_completes{"farm completes", kFarm, started<kFarm>, complete};
  const Act trade_suspends{"trade suspends", kTrade, started<kTrade>, suspend};
  const Act trade_resumes{"trade resumes", kTrade, suspended<kTrade>, resume};
  const Act trade_completes{"trade completes", kTrade, started<kTrade>, complete};
  const Act farm_stops{"farm ends the transfer", kFarm, transferring<kFarm>, end_transfer};
  const Act trade_stops{"trade ends the transfer", kTrade, transferring<kTrade>, end_transfer};
  const Act farm_withdraws{"farm withdraws the agreement", kFarm, agreed<kFarm>, withdraw};
  const Act trade_withdraws{"trade withdraws the agreement", kTrade, agreed<kTrade>, withdraw};
  return {
      {"negotiation", product, false, false, {kAsk}},
      {"transfer", product, true, true, {kAskTransfer, trade_completes}},
      {"refusal", product, false, false, {{"trade asks for other rules", kTrade, nullptr, ask_for_other}}},
      {"offer", &offers_first, false, false, {kAsk}},
      {"counter-offer", &counters, false, false, {kAsk}},
      {"ended by the consumer", product, false, false, {kAsk, trade_ends}},
      {"ended by the provider", product, false, false, {kAsk, farm_ends}},
      {"ended by both", product, false, false, {kAsk, farm_ends, at_once(trade_ends)}},
      {"suspended by the provider", product, true, true, {kAskTransfer, farm_suspends, farm_resumes, farm_completes}},
      {"suspended by the consumer",
       product,
       true,
       true,
       {kAskTransfer, trade_suspends, trade_resumes, trade_completes}},
      {"suspended by both",
       product,
       true,
       true,
       {kAskTransfer, farm_suspends, at_once(trade_suspends), farm_resumes, trade_completes}},
      {"transfer ended by both", product, true, true, {kAskTransfer, farm_completes, at_once(trade_stops)}},
      {"transfer ended early", product, true, true, {kAskTransfer, trade_stops, farm_stops}},
      {"withdrawn by the provider", product, true, true, {kAskTransfer, farm_withdraws}},
      {"withdrawn by the consumer", product, true, true, {kAskTransfer, trade_withdraws}},
      {"life",
       product,
       false,
       true,
       {kAsk, kAskTransfer, farm_suspends, farm_resumes, trade_completes, farm_withdraws}},
  };
}

template <Family Which, bool Erased>
bool of_family(const node::Mutation& m) {
  return m.family == Which && m.value.has_value() != Erased;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = make_scenarios();
  return all;
}

const std::vector<Plant>& plants() {
  static const std::vector<Plant> all{
      {"the outbox row is not written", of_family<Family::Outbox, false>, false},
      {"the outbox row is not deleted", of_family<Family::Outbox, true>, false},
      {"the negotiation's row is not written", of_family<Family::Negotiation, false>, false},
      {"the transfer's row is not written", of_family<Family::Transfer, false>, false},
      {"the agreement's row is not written", of_family<Family::Agreement, false>, false},
      {"the index of the peer's ids is not written", of_family<Family::Idempotency, false>, false},
      {"a write is called durable before it is", nullptr, true},
  };
  return all;
}

}  // namespace sekisho::simulation
