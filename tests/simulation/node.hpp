// A simulated node: the real services and the real journal, on one executor that only the simulation moves, started on
// a SimStorage, killed at any moment.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/dataspace/agreement_control.hpp"
#include "node/dataspace/negotiation_service.hpp"
#include "node/dataspace/outbox.hpp"
#include "node/dataspace/transfer_service.hpp"
#include "tests/simulation/cast.hpp"
#include "tests/simulation/network.hpp"

namespace sekisho::simulation {

// What one start of a node consists of; a crash leaves nothing of it.
class Running;

class SimNode {
 public:
  SimNode(Cast& cast, std::size_t number, Network& network, VirtualTime& time, const node::Profile& profile,
          SimStorage::Tables tables, std::uint64_t seed);
  ~SimNode();
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;

  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] bool up() const { return running_ != nullptr; }
  // On what is durable. An error is one of the journal's or of a service's rows.
  [[nodiscard]] Status start();
  // Everything that is not durable is gone; calls of this node end, peers that wait for its answers see a reset.
  void crash();

  // Runs what can run; true when something did.
  bool poll();
  // Units wait to be written.
  [[nodiscard]] bool unwritten() const;
  void write();

  // A request of a peer. answered: on this executor, unless the node dies before.
  void take(std::size_t from, node::PeerRequest request, std::function<void(http::Response)> answered);
  // An act of the operator.
  using Will = async::Task<void> (*)(SimNode&);
  void act(Will will);

  [[nodiscard]] node::NegotiationService& negotiations();
  [[nodiscard]] node::TransferService& transfers();
  [[nodiscard]] node::AgreementControl& control();
  [[nodiscard]] const node::AgreementBook& agreements() const;
  [[nodiscard]] node::Journal& journal();

  [[nodiscard]] SimStorage& storage() { return *storage_; }
  [[nodiscard]] const SimStorage& storage() const { return *storage_; }
  [[nodiscard]] const node::LocalIdentity& self() const { return cast_.self[number_]; }
  [[nodiscard]] const Cast& cast() const { return cast_; }

 private:
  Cast& cast_;
  const std::size_t number_;
  Network& network_;
  VirtualTime& time_;
  const node::Profile& profile_;
  const std::uint64_t seed_;
  std::uint64_t starts_ = 0;
  std::shared_ptr<SimStorage> storage_;
  std::unique_ptr<Running> running_;
};

}  // namespace sekisho::simulation
