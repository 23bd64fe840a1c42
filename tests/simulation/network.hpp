// The network of a simulation: requests and answers that are under way, in the order they left. The schedule decides
// what becomes of each. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "base/async/completion.hpp"
#include "node/dataspace/peer_client.hpp"
#include "tests/simulation/time.hpp"

namespace sekisho::simulation {

using Answer = Result<http::ClientResponse>;

struct Packet {
  bool answer = false;
  std::size_t from = 0;
  std::size_t to = 0;
  std::uint64_t call = 0;     // whose answer it is or will be; 0: nobody waits for it
  node::PeerRequest request;  // of an answer: what was asked
  Answer result = fail(Code::Internal, "no answer");

  // "POST negotiations/agreement farm>trade": without ids, so that it is the same in every run.
  [[nodiscard]] std::string name() const;
};

class Network {
 public:
  // hosts: DNS names by number.
  Network(VirtualTime& time, std::vector<std::string> hosts) : time_(time), hosts_(std::move(hosts)) {}

  // What a node's channel does. owner: the start of the node that asks, whose death ends the call.
  [[nodiscard]] async::Task<Answer> call(std::size_t from, std::uint64_t owner, node::PeerRequest request);
  // Ends a call that still waits.
  void finish(std::uint64_t call, Answer result);
  // Calls of a start of a node that died: they end, and nobody is told (their coroutines go with it).
  void end(std::uint64_t owner);
  // Calls that wait for this node, which died while it had them in hand: the connection is gone.
  void reset(std::size_t node);
  // The node has the request of this call in hand.
  void in_hand(std::uint64_t call, std::size_t node);

  // Everything that leaves, before it is under way.
  std::function<void(std::size_t from, const node::PeerRequest&)> leaving;
  // No connection comes about until then.
  void cut_until(async::SteadyTime until) { cut_until_ = until; }
  [[nodiscard]] bool cut() const { return time_.now() < cut_until_; }

  std::deque<Packet> flying;
  std::deque<Packet> held_back;  // delayed: under way again when time has passed

 private:
  struct Call {
    std::uint64_t owner = 0;
    std::optional<std::size_t> hand;
    async::Completion<Answer> answer;
  };
  VirtualTime& time_;
  std::vector<std::string> hosts_;
  std::map<std::uint64_t, Call> calls_;
  std::uint64_t last_call_ = 0;
  async::SteadyTime cut_until_{};
};

}  // namespace sekisho::simulation
