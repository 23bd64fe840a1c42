// Three zones in memory: jp and eu recognise each other, nobody recognises xx. One node each, enrolled and in the
// snapshots. Made once per time and ports, then copied (each caller has authorities of its own); everything is valid
// from ten minutes before `now` on.
//
//   const TestZones zones = make_test_zones(now);
//   zones.jp.state->judge(zones.trade.tls_chain, trust::Use::TlsClient, now);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "trust/keys/private_key.hpp"
#include "trust/zone/authority.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::test {

struct TestZone {
  std::shared_ptr<trust::Authority> authority;  // publishes further snapshots, suspends, revokes
  Bytes descriptor;                             // signed: the anchor of its nodes
  Bytes snapshot;                               // the newest, signed
  std::shared_ptr<const trust::TrustState> state;
};

struct TestNode {
  std::string dns, did, zone, organization;
  trust::PrivateKey tls_key, statement_key, log_key, token_key;
  std::vector<Bytes> tls_chain, statement_chain;  // leaf, issuing CA
  std::string tls_chain_pem, tls_key_pem;
  Digest statement_cert{};
};

struct TestZones {
  TestZone jp, eu, xx;
  TestNode farm, trade, stranger;  // farm.jp.example, trade.eu.example, node.xx.example
};

// Peer addresses in the NodeRecords: 127.0.0.1 with these ports (tests that listen choose the port first).
struct TestPorts {
  std::uint16_t farm = 9441, trade = 9442, stranger = 9443;
};

// Aborts with the error on a bug; tests need no Result.
[[nodiscard]] TestZones make_test_zones(Instant now, const TestPorts& ports = {});

// One zone without peers, nodes or snapshot: id "jp" has country JP and suffix jp.example.
[[nodiscard]] TestZone make_zone(const std::string& zone, Instant now);
// The whole ceremony between two zones; takes effect with refresh() or the authorities' next publish().
void recognise(TestZone& x, TestZone& y, Instant now);
// Publishes and loads the zone's next snapshot.
void publish(TestZone& zone, Instant now);

// Another node of one of the zones, not in its snapshot until refresh().
[[nodiscard]] TestNode enrol(TestZone& zone, const std::string& dns, const std::string& organization, Instant now,
                             std::uint16_t port = 9450);
// Publishes a new snapshot of each and exchanges CRLs and node records between jp and eu.
void refresh(TestZones& zones, Instant now);

}  // namespace sekisho::test
