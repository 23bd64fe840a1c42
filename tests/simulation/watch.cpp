#include "tests/simulation/watch.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "node/dataspace/outbox.hpp"
#include "node/journal/scrub.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::simulation {
namespace {

using node::Family;

constexpr std::array<std::string_view, 3> kInside{"outbox-row", "sent-early", "answered-early"};

bool is_final(std::string_view state) { return state == "FINALIZED" || state == "TERMINATED" || state == "COMPLETED"; }
// Where a process may rest for ever: nobody has to speak.
bool is_rest(std::string_view state) { return is_final(state) || state == "STARTED" || state == "SUSPENDED"; }

std::string text(const JsonObject& object, std::string_view name) { return get_string(object, name).value_or(""); }

std::string_view owner_of(Family family) { return family == Family::Negotiation ? "negotiation" : "transfer"; }

// A start message carries a fresh token each time.
std::string without_token(const std::string& target, const std::string& body) {
  return target.ends_with("/start") ? "" : body;
}

}  // namespace

Watch::Watch(std::vector<SimNode*> nodes, bool from_outside)
    : nodes_(std::move(nodes)), from_outside_(from_outside), sendable_(nodes_.size()), log_(nodes_.size()) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i]->storage().committed = [this, i](std::span<const node::Mutation> batch) { written(i, batch); };
    // What the databases of the beginning hold was durable before.
    for (const auto& [key, value] : nodes_[i]->storage().table(Family::Outbox)) {
      const Result<node::OutboxMessage> message = node::outbox_from_row(value);
      if (message) sendable_[i].emplace(message->target, without_token(message->target, message->body));
    }
  }
}

void Watch::report(std::string rule, std::string detail) {
  if (from_outside_ && std::ranges::find(kInside, rule) != kInside.end()) return;
  if (violations_.size() < 16) violations_.push_back({std::move(rule), std::move(detail)});
}

Watch::Rows Watch::rows(const SimStorage& storage, Family family) {
  Rows out;
  for (const auto& [key, value] : storage.table(family)) {
    const Result<Json> json = parse_json(as_text(value));
    if (!json || !json->is_object()) continue;
    const JsonObject& o = json->get_object();
    out.emplace(text(o, "pid"), Row{text(o, "pid"), text(o, "peerPid"), text(o, "role"), text(o, "state"),
                                    text(o, "pending"), text(o, "code")});
  }
  return out;
}

void Watch::written(std::size_t node, std::span<const node::Mutation> batch) {
  for (const node::Mutation& m : batch) {
    if (m.family == Family::Outbox && m.value) {
      const Result<node::OutboxMessage> message = node::outbox_from_row(*m.value);
      if (message) sendable_[node].emplace(message->target, without_token(message->target, message->body));
    }
    if ((m.family != Family::Negotiation && m.family != Family::Transfer) || !m.value) continue;
    const Result<Json> json = parse_json(as_text(*m.value));
    if (!json || !json->is_object()) continue;
    const JsonObject& o = json->get_object();
    check_process(
        node, m.family,
        {text(o, "pid"), text(o, "peerPid"), text(o, "role"), text(o, "state"), text(o, "pending"), text(o, "code")});
  }
}

void Watch::check_process(std::size_t node, Family family, const Row& row) {
  const SimStorage& storage = nodes_[node]->storage();
  std::string& last = last_state_[{node, row.pid}];
  if (is_final(last) && row.state != last)
    report("end-left", fmt::format("{} went from {} to {}", row.pid, last, row.state));
  changes_ += row.state == last ? 0 : 1;
  last = row.state;
  const auto outbox = storage.table(Family::Outbox).find(node::outbox_key(owner_of(family), row.pid));
  const bool there = outbox != storage.table(Family::Outbox).end();
  if (there == row.pending.empty()) {
    report("outbox-row",
           fmt::format("{} in {}: pending \"{}\", row in the outbox: {}", row.role, row.state, row.pending, there));
  }
  if (row.role == "provider" && !row.peer_pid.empty()) {
    const std::string& own =
        pid_of_peer_.try_emplace({node, std::string(owner_of(family)) + row.peer_pid}, row.pid).first->second;
    if (own != row.pid)
      report("two-processes", fmt::format("the request {} has the processes {} and {}", row.peer_pid, own, row.pid));
  }
  if (family == Family::Negotiation && row.role == "consumer" && row.state == "FINALIZED") {
    for (const auto& [key, value] : storage.table(Family::Agreement)) {
      const bool both = std::ranges::any_of(nodes_, [&](const SimNode* other) {
        return other->number() != node && other->storage().table(Family::Agreement).contains(key);
      });
      if (!both) report("lonely-agreement", fmt::format("{} is usable by its consumer alone", as_text(key)));
    }
  }
}

void Watch::leaving(std::size_t node, const node::PeerRequest& request) {
  if (request.method != "POST" || !request.target.starts_with("/dsp/") ||
      request.target.find("/catalog/") != std::string::npos)
    return;
  if (sendable_[node].contains({request.target, without_token(request.target, request.body)})) return;
  report("sent-early", fmt::format("{} left before its row was durable", request.target));
}

void Watch::answered(std::size_t node, const node::PeerRequest& request, const http::Response& response) {
  if (request.method != "POST" || !request.target.starts_with("/dsp/") || response.status / 100 != 2) return;
  const Result<Json> json = parse_json(response.body);
  if (!json || !json->is_object()) return;
  const JsonObject& o = json->get_object();
  const Family family =
      request.target.find("/negotiations/") != std::string::npos ? Family::Negotiation : Family::Transfer;
  const Rows durable = rows(nodes_[node]->storage(), family);
  auto row = durable.find(text(o, "providerPid"));
  if (row == durable.end() || row->second.role != "provider") row = durable.find(text(o, "consumerPid"));
  if (row == durable.end())
    return report("answered-early", fmt::format("{} answered a process that is not durable", request.target));
  const std::string state = text(o, "state");
  const std::string& kept = row->second.state;
  // The peer's acknowledgement of the pending message may be known in memory only; the peer knows of it all the same.
  if (state == kept || (!row->second.pending.empty() && !is_final(state))) return;
  report("answered-early", fmt::format("{} was answered {} while {} is durable", request.target, state, kept));
}

void Watch::started(std::size_t node) {
  const node::Head head = nodes_[node]->journal().head();
  auto& [size, root] = log_[node];
  if (size != 0) {
    const Result<Digest> now = nodes_[node]->journal().reader().root(0, size);
    if (head.size < size || !now || *now != root)
      report("log-changed", fmt::format("the first {} entries are others than before", size));
  }
  size = head.size;
  root = head.root;
}

void Watch::check_pairs(Family family, bool crossed_ends_allowed) {
  std::vector<Rows> all;
  for (const SimNode* n : nodes_) all.push_back(rows(n->storage(), family));
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const auto& [pid, row] : all[i]) {
      states_[pid] = row.state;
      const std::string who = fmt::format("{} {} at {}", owner_of(family), row.role, nodes_[i]->self().dns);
      if (!row.pending.empty()) report("left-over", fmt::format("{} still waits to send {}", who, row.pending));
      if (!is_rest(row.state)) report("stuck", fmt::format("{} rests in {}", who, row.state));
      if (row.state == "TERMINATED" && row.code.empty())
        report("unexplained", who + " was terminated without a reason");
      const Row* other = nullptr;
      for (std::size_t k = 0; k < all.size() && other == nullptr; ++k) {
        if (k == i) continue;
        for (const auto& [theirs, candidate] : all[k]) {
          if (candidate.peer_pid == pid || (row.peer_pid == theirs && !theirs.empty())) other = &candidate;
        }
      }
      if (other == nullptr) {
        // A first message that never arrived, or whose process the peer never had.
        if (row.state != "TERMINATED")
          report("lost-process", fmt::format("{} is {} and the peer has no such process", who, row.state));
        continue;
      }
      if (other->state == row.state) continue;
      if (crossed_ends_allowed && is_final(row.state) && is_final(other->state)) continue;
      report("split", fmt::format("{} is {}, the peer {}", who, row.state, other->state));
    }
  }
}

void Watch::check_agreements() {
  for (const SimNode* n : nodes_) {
    std::map<std::string, std::pair<unsigned, unsigned>> sealed;  // agreement: own, the peer's
    SimNode& node = *nodes_[n->number()];
    const std::uint64_t size = node.journal().head().size;
    for (std::uint64_t i = 0; i < size; ++i) {
      const Result<node::StoredEntry> entry = node.journal().reader().entry(i);
      if (!entry) return report("log", entry.error().chain());
      const pb::EntryKind kind = entry->entry.kind();
      if (kind != pb::AGREEMENT_OUT && kind != pb::AGREEMENT_IN) continue;
      const Result<trust::Statement> statement = trust::parse_statement(entry->entry.payload());
      if (!statement || !statement->agreement) continue;
      auto& [own, peers] = sealed[to_hex(*statement->agreement)];
      ++(kind == pb::AGREEMENT_OUT ? own : peers);
    }
    for (const auto& [key, value] : n->storage().table(Family::Agreement)) {
      const Result<Json> row = parse_json(as_text(value));
      const std::string digest = row && row->is_object() ? text(row->get_object(), "digest") : "";
      const auto [own, peers] = sealed[digest];
      if (own == 0 || peers == 0)
        report("evidence", fmt::format("{}: agreement {} has {} own and {} foreign seals", n->self().dns, as_text(key),
                                       own, peers));
      for (const SimNode* other : nodes_) {
        if (!other->storage().table(Family::Agreement).contains(key))
          report("agreements-differ", fmt::format("{} lacks {}", other->self().dns, as_text(key)));
      }
    }
    if (n->agreements().all().size() != n->storage().table(Family::Agreement).size()) {
      report("agreements-differ", fmt::format("{} uses other agreements than it stored", n->self().dns));
    }
  }
}

void Watch::check_log(std::size_t node) {
  const Result<node::ScrubReport> report_of_log = node::scrub(nodes_[node]->storage());
  if (!report_of_log) report("log", report_of_log.error().chain());
}

void Watch::at_rest(bool crossed_ends_allowed) {
  states_.clear();
  check_pairs(Family::Negotiation, crossed_ends_allowed);
  check_pairs(Family::Transfer, crossed_ends_allowed);
  check_agreements();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    check_log(i);
    if (!nodes_[i]->storage().table(Family::Outbox).empty())
      report("left-over", fmt::format("{} has messages in its outbox", nodes_[i]->self().dns));
  }
}

}  // namespace sekisho::simulation
