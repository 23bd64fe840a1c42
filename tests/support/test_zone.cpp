#include "tests/support/test_zone.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <tuple>

#include <fmt/format.h>

#include "base/crypto/digest.hpp"
#include "trust/zone/enrolment.hpp"

namespace sekisho::test {

namespace {

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "test_zone: %s\n", result.error().chain().c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

TestZone make_zone(const std::string& zone, Instant now) {
  trust::ZoneProfile profile;
  profile.zone = zone;
  for (const char c : zone) profile.country += static_cast<char>(c - 'a' + 'A');
  profile.dns_suffixes = {zone + ".example"};
  TestZone out;
  out.authority = std::make_shared<trust::Authority>(must(trust::Authority::create(profile, now)));
  out.descriptor = out.authority->descriptor().signed_bytes;
  return out;
}

void publish(TestZone& zone, Instant now) {
  zone.snapshot = must(zone.authority->publish(now));
  zone.state = must(trust::TrustState::load(zone.descriptor, zone.snapshot, now));
}

void recognise(TestZone& x, TestZone& y, Instant now) {
  must(x.authority->trust_peer(y.descriptor, y.authority->descriptor().root.digest(), now));
  must(y.authority->trust_peer(x.descriptor, x.authority->descriptor().root.digest(), now));
  trust::RecognitionTerms terms;
  terms.valid_from = now - std::chrono::minutes(10);
  terms.valid_to = now + std::chrono::hours(24 * 365);
  trust::SignedObject paper = must(x.authority->propose(y.authority->descriptor().zone, terms));
  paper = must(x.authority->sign(paper, now));
  paper = must(y.authority->sign(paper, now));
  const trust::Recognition recognition = must(trust::Recognition::parse(trust::encode_signed(paper)));
  for (const auto& [asks, answers] : {std::pair(&x, &y), std::pair(&y, &x)}) {
    const Digest nonce = sha256(as_bytes(asks->authority->descriptor().zone));
    const Bytes challenge = must(asks->authority->challenge(recognition, nonce));
    must(asks->authority->check_proof(must(answers->authority->prove(challenge)), now));
    must(asks->authority->certify(paper, now));
  }
}

TestNode enrol(TestZone& zone, const std::string& dns, const std::string& organization, Instant now, std::uint16_t port) {
  const trust::NodeKeys keys = must(trust::NodeKeys::generate());
  const trust::NodeParticulars about{dns, organization, fmt::format("127.0.0.1:{}", port), ""};
  const Bytes request = must(trust::make_request(about, keys, now));
  const trust::NodeCertificates certificates = must(
      zone.authority->enroll(must(trust::NodeRequest::parse(request)), trust::Assurance::Substantial, now));
  TestNode out;
  out.dns = dns;
  out.did = trust::did_web(dns);
  out.zone = zone.authority->descriptor().zone;
  out.organization = organization;
  out.tls_key = keys.tls;
  out.statement_key = keys.statement;
  out.log_key = keys.log;
  out.token_key = keys.token;
  out.tls_chain = certificates.tls_chain();
  out.statement_chain = certificates.statement_chain();
  const trust::Certificate chain[] = {certificates.tls, certificates.issuing_ca};
  out.tls_chain_pem = trust::to_pem(chain);
  out.tls_key_pem = must(keys.tls.pem());
  out.statement_cert = certificates.statement.digest();
  return out;
}

void refresh(TestZones& zones, Instant now) {
  for (TestZone* zone : {&zones.jp, &zones.eu, &zones.xx}) publish(*zone, now);
  must(zones.jp.authority->import_peer_snapshot(zones.eu.snapshot, now));
  must(zones.eu.authority->import_peer_snapshot(zones.jp.snapshot, now));
  for (TestZone* zone : {&zones.jp, &zones.eu}) publish(*zone, now);
}

namespace {

TestZone clone(const TestZone& zone) {
  TestZone out = zone;  // descriptor, snapshot and state never change
  out.authority = std::make_shared<trust::Authority>(
      must(trust::Authority::restore(zone.authority->keys(), zone.authority->book())));
  return out;
}

TestZones make_anew(Instant now, const TestPorts& ports) {
  TestZones out;
  out.jp = make_zone("jp", now);
  out.eu = make_zone("eu", now);
  out.xx = make_zone("xx", now);
  recognise(out.jp, out.eu, now);
  out.farm = enrol(out.jp, "farm.jp.example", "Farm Agency", now, ports.farm);
  out.trade = enrol(out.eu, "trade.eu.example", "Trade Company", now, ports.trade);
  out.stranger = enrol(out.xx, "node.xx.example", "Stranger", now, ports.stranger);
  refresh(out, now);
  return out;
}

}  // namespace

TestZones make_test_zones(Instant now, const TestPorts& ports) {
  static std::mutex mutex;
  static std::map<std::tuple<Instant, std::uint16_t, std::uint16_t, std::uint16_t>, TestZones> made;
  const std::lock_guard lock(mutex);
  const std::tuple key(now, ports.farm, ports.trade, ports.stranger);
  auto found = made.find(key);
  if (found == made.end()) found = made.emplace(key, make_anew(now, ports)).first;
  TestZones out = found->second;
  for (TestZone* zone : {&out.jp, &out.eu, &out.xx}) *zone = clone(*zone);
  return out;
}

}  // namespace sekisho::test
