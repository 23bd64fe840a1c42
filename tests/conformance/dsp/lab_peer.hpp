// The laboratory's one peer: where it is, who it is, and how it is spoken to. The services above are the product's.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "node/dataspace/peer_client.hpp"
#include "node/dataspace/profile.hpp"
#include "tests/conformance/dsp/lab_settings.hpp"

namespace sekisho::lab {

// The name under which processes keep the peer.
inline constexpr const char* kPeerName = "peer.lab.example";
inline constexpr const char* kPeerZone = "lab";

[[nodiscard]] trust::PeerIdentity peer_of(const Settings& settings);

// Plain HTTP to the peer of the settings, with its authorization header; any other name is PeerUnknown.
class LabChannel final : public node::PeerChannel {
 public:
  explicit LabChannel(Settings settings);
  [[nodiscard]] async::Task<Result<http::ClientResponse>> send(node::PeerRequest request) override;

 private:
  const Settings settings_;
  http::Client client_;
};

// No evidence on either side; callbacks only to the peer of the settings; the kit's script or the product's own
// conduct.
class LabProfile final : public node::Profile {
 public:
  explicit LabProfile(Settings settings);
  // Before the first message: where this node listens.
  void listens_on(std::uint16_t port) { port_ = port; }

  [[nodiscard]] std::optional<policy::NegotiationMessage> next(
      const node::Moment<policy::NegotiationState>& moment) const override;
  [[nodiscard]] std::optional<policy::TransferMessage> next(
      const node::Moment<policy::TransferState>& moment) const override;
  [[nodiscard]] bool sealed() const override { return false; }
  [[nodiscard]] bool suspends_by_termination() const override { return true; }
  [[nodiscard]] Result<node::PeerAddress> find(const node::TrustHolder& trust, const std::string& dns) const override;
  [[nodiscard]] Result<std::string> callback(std::string_view address, const std::string& peer_dns) const override;
  [[nodiscard]] std::string own_base(const node::LocalIdentity& self) const override;

 private:
  const Settings settings_;
  std::atomic<std::uint16_t> port_{0};
};

}  // namespace sekisho::lab
