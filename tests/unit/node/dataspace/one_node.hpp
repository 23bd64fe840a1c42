// One node that does nothing of its own accord and asks for no evidence, and a peer that says yes to everything: every
// state of every process can be reached by messages, in either role, and every message tried in it.
#pragma once

#include <string>

#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {

class Quiet : public Profile {
 public:
  [[nodiscard]] std::optional<policy::NegotiationMessage> next(const Moment<policy::NegotiationState>&) const override {
    return std::nullopt;
  }
  [[nodiscard]] std::optional<policy::TransferMessage> next(const Moment<policy::TransferState>&) const override {
    return std::nullopt;
  }
  [[nodiscard]] bool sealed() const override { return false; }
};

class OneNode {
 public:
  explicit OneNode(const Profile& profile);
  ~OneNode();

  // The node is farm.jp.example, the peer trade.eu.example, whatever the role.
  [[nodiscard]] http::Response take(NegotiationRoute route, const std::string& pid, const std::string& body,
                                    bool stranger = false);
  [[nodiscard]] http::Response take(TransferRoute route, const std::string& pid, const std::string& body,
                                    bool stranger = false);
  // The same message is never sent twice unless a test keeps its text: the kit gives each an id.
  [[nodiscard]] std::string unique(const std::string& body);
  [[nodiscard]] std::string peer_pid() { return "urn:peer:" + std::to_string(++number_); }
  [[nodiscard]] bool settle();
  [[nodiscard]] std::size_t sent() const { return net.seen().size(); }

  const sekisho::test::TestZones zones;
  Loopback net;
  std::string provider_pid;  // what the peer calls the next process that the node begins with it
  std::unique_ptr<async::WorkerPool> pool = std::make_unique<async::WorkerPool>(1);
  std::unique_ptr<TestParty> node;
  std::string peer_did, own_did;

 private:
  std::uint64_t number_ = 0;
};

[[nodiscard]] Json use_offer();  // permission to use, nothing else; "urn:offer:use"

}  // namespace sekisho::node::testing
