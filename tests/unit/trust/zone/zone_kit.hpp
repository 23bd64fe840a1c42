// What the zone tests share: zones made once, chains made by hand, snapshots altered and signed again.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/test_zone.hpp"
#include "trust/pki/issue.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::trust {

inline const Instant kNow = Instant(std::chrono::seconds(1'790'000'000));

// Shared by tests that only read; a test that changes a zone makes its own.
inline const test::TestZones& shared_zones() {
  static const test::TestZones zones = test::make_test_zones(kNow);
  return zones;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().chain();
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The code of a refusal; Code::Internal and a failure when there is none.
template <class T>
Code code_of(const Result<T>& result) {
  if (result) {
    ADD_FAILURE() << "accepted";
    return Code::Internal;
  }
  return result.error().code;
}

inline CaKey issuing_ca(const test::TestZone& zone) {
  return {zone.authority->descriptor().issuing_cas.front(), zone.authority->keys().issuing_ca};
}

// A leaf of the zone's issuing CA as a thief of its key would make it.
struct Forged {
  std::string country;
  std::vector<std::string> names;  // raw; empty: by the profile, for dns
  std::string dns = "evil.eu.example";
  Assurance level = Assurance::Substantial;
  Use use = Use::TlsServer;
};
inline std::vector<Bytes> forge(const test::TestZone& zone, const Forged& what) {
  static const PrivateKey tls = must(PrivateKey::generate(KeyKind::P256));
  static const PrivateKey statement = must(PrivateKey::generate(KeyKind::Ed25519));
  const ZoneDescriptor& d = zone.authority->descriptor();
  LeafRequest leaf;
  leaf.dns = what.dns;
  leaf.organization = "Thief";
  leaf.country = what.country.empty() ? d.space.countries.front() : what.country;
  leaf.use = what.use;
  leaf.policy = policy_oid(d.zone, what.use, what.level);
  leaf.raw_names = what.names;
  const PublicKey& key = what.use == Use::Statement ? statement.public_key() : tls.public_key();
  const Certificate c = must(issue_leaf(issuing_ca(zone), leaf, key, {kNow, 30}));
  return {c.der(), d.issuing_cas.front().der()};
}

inline Bytes altered(const test::TestZone& zone, const std::function<void(TrustSnapshot&)>& change) {
  TrustSnapshot s = must(TrustSnapshot::parse(zone.snapshot));
  change(s);
  return must(sign_snapshot(s, zone.authority->keys().status));
}

inline Result<std::shared_ptr<const TrustState>> load_altered(const test::TestZone& zone,
                                                              const std::function<void(TrustSnapshot&)>& change,
                                                              const LoadOptions& options = {}) {
  return TrustState::load(zone.descriptor, altered(zone, change), kNow, options);
}

}  // namespace sekisho::trust
