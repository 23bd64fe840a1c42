// What must always hold between two nodes, looked at with every batch that is written, every message that leaves and
// every answer that is given, and once more when everything has come to rest.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/node.hpp"

namespace sekisho::simulation {

struct Violation {
  std::string rule;  // a stable word
  std::string detail;
};

class Watch {
 public:
  // nodes outlive the watch; their storages get an observer. from_outside: the rules outbox-row, sent-early and
  // answered-early, which compare with the database, are not looked at.
  Watch(std::vector<SimNode*> nodes, bool from_outside);

  // With every batch:
  //   end-left         a state that is final was left again
  //   outbox-row       a process has a pending message and no row of it in the outbox, or the other way round
  //   two-processes    one request of a consumer has two processes at the provider
  //   lonely-agreement an agreement is usable by the consumer that the provider has not durably made usable too
  void written(std::size_t node, std::span<const node::Mutation> batch);
  //   sent-early       a message left whose row is not durable
  void leaving(std::size_t node, const node::PeerRequest& request);
  //   answered-early   a peer was told of a process or a state that is not durable
  void answered(std::size_t node, const node::PeerRequest& request, const http::Response& response);
  // After a start: log-changed.
  void started(std::size_t node);

  // When nothing is under way and no time will change anything:
  //   stuck, split, unexplained, lost-process, agreements-differ, evidence, left-over, log
  void at_rest(bool crossed_ends_allowed);
  // What at_rest saw last, to compare with what a restart finds: states of all processes.
  [[nodiscard]] const std::map<std::string, std::string>& states() const { return states_; }
  void report(std::string rule, std::string detail);
  // Changes of the state of any process so far.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

 private:
  struct Row {
    std::string pid, peer_pid, role, state, pending, code;
  };
  using Rows = std::map<std::string, Row>;
  [[nodiscard]] static Rows rows(const SimStorage& storage, node::Family family);
  void check_process(std::size_t node, node::Family family, const Row& row);
  void check_pairs(node::Family family, bool crossed_ends_allowed);
  void check_agreements();
  void check_log(std::size_t node);

  std::vector<SimNode*> nodes_;
  const bool from_outside_;
  std::vector<Violation> violations_;
  std::map<std::pair<std::size_t, std::string>, std::string> last_state_;   // node, pid
  std::map<std::pair<std::size_t, std::string>, std::string> pid_of_peer_;  // node, peer's pid → own
  std::vector<std::set<std::pair<std::string, std::string>>> sendable_;     // by node: target, body
  std::vector<std::pair<std::uint64_t, Digest>> log_;                       // by node: newest durable size and root
  std::map<std::string, std::string> states_;
  std::uint64_t changes_ = 0;
};

}  // namespace sekisho::simulation
