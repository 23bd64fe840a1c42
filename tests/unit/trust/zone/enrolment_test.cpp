#include "trust/zone/enrolment.hpp"

#include <sys/stat.h>

#include "base/core/file.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/trust/zone/zone_kit.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::trust {
namespace {

const NodeParticulars kFarm{"farm.jp.example", "Farm Agency", "127.0.0.1:9441", ""};

TEST(Enrolment, ANodeGetsWhatItsKeysAskedFor) {
  test::TestZone jp = test::make_zone("jp", kNow);
  const test::TemporaryFolder folder;
  const Bytes request = must(init_node_folder(folder.path() / "keys", kFarm, kNow));
  const NodeCertificates issued = must(jp.authority->enroll(must(NodeRequest::parse(request)), Assurance::Low, kNow));
  must(install_node_certificates(folder.path() / "keys", issued.encode()));
  const NodeFolder node = must(load_node_folder(folder.path() / "keys"));
  EXPECT_EQ(node.dns, "farm.jp.example");
  EXPECT_EQ(node.did, "did:web:farm.jp.example");
  EXPECT_EQ(node.zone, "jp");
  EXPECT_EQ(node.statement_cert, issued.statement.digest());
  EXPECT_EQ(node.tls_chain, issued.tls_chain());
  EXPECT_EQ(node.descriptor, jp.descriptor);
  EXPECT_FALSE(node.wrapped);
  test::publish(jp, kNow);
  EXPECT_TRUE(jp.state->judge(node.statement_chain, Use::Statement, kNow));
  EXPECT_EQ(jp.state->node("farm.jp.example")->statement_certificate, node.statement_cert);
  ASSERT_TRUE(node.pseudonym_key);
  EXPECT_EQ(node.pseudonym_key->size(), kSymmetricKeyBytes);
  const auto loaded_again = must(load_node_folder(folder.path() / "keys"));
  EXPECT_TRUE(std::ranges::equal(loaded_again.pseudonym_key->view(), node.pseudonym_key->view()));
  EXPECT_EQ(code_of(make_pseudonym_key(folder.path() / "keys")), Code::KeyFile);
  struct ::stat about {};
  ASSERT_EQ(::stat((folder.path() / "keys" / "pseudonym.key").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  // A second node init does not destroy keys, a key that others can read is refused.
  EXPECT_EQ(code_of(init_node_folder(folder.path() / "keys", kFarm, kNow)), Code::Conflict);
  ASSERT_EQ(::chmod((folder.path() / "keys" / "log.key").c_str(), 0640), 0);
  EXPECT_EQ(code_of(load_node_folder(folder.path() / "keys")), Code::KeyFileMode);
}

TEST(Enrolment, CertificatesOfAnotherNodeAreNotInstalled) {
  test::TestZone jp = test::make_zone("jp", kNow);
  const test::TemporaryFolder folder;
  must(init_node_folder(folder.path() / "a", kFarm, kNow));
  const Bytes request = must(init_node_folder(folder.path() / "b", kFarm, kNow));
  const NodeCertificates issued = must(jp.authority->enroll(must(NodeRequest::parse(request)), Assurance::Low, kNow));
  EXPECT_EQ(code_of(install_node_certificates(folder.path() / "a", issued.encode())), Code::CertificateInvalid);
  Bytes bytes = issued.encode();
  bytes[bytes.size() / 2] ^= 1;
  EXPECT_FALSE(install_node_certificates(folder.path() / "b", bytes));
}

TEST(Enrolment, ARequestProvesEveryKey) {
  const NodeKeys keys = must(NodeKeys::generate());
  const Bytes good = must(make_request(kFarm, keys, kNow));
  ASSERT_TRUE(NodeRequest::parse(good));
  for (std::size_t i = 0; i < 3; ++i) {
    SignedObject object = must(parse_signed(good));
    object.signatures.erase(object.signatures.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(code_of(NodeRequest::parse(encode_signed(object))), Code::SignatureInvalid);
  }
  SignedObject unknown = must(parse_signed(good));
  append(unknown.body, Bytes{0x98, 0x06, 0x01});  // field 99
  for (const PrivateKey* key : {&keys.tls, &keys.statement, &keys.log}) must(add_signature(ObjectKind::Enrolment, unknown, *key));
  EXPECT_EQ(code_of(NodeRequest::parse(encode_signed(unknown))), Code::ProtobufFormat);
  NodeKeys same = keys;
  same.log = same.statement;
  EXPECT_EQ(code_of(NodeRequest::parse(must(make_request(kFarm, same, kNow)))), Code::InvalidArgument);
}

TEST(Enrolment, NamesOutsideTheZoneAreNotEnrolled) {
  test::TestZone jp = test::make_zone("jp", kNow);
  const NodeKeys keys = must(NodeKeys::generate());
  NodeParticulars other = kFarm;
  other.dns = "farm.eu.example";
  const NodeRequest request = must(NodeRequest::parse(must(make_request(other, keys, kNow))));
  EXPECT_EQ(code_of(jp.authority->enroll(request, Assurance::Low, kNow)), Code::InvalidArgument);
  for (const char* address : {"farm.jp.example:9441", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.01:1", "256.0.0.1:1", "::1:80", "[::1]:080"}) {
    NodeParticulars bad = kFarm;
    bad.address = address;
    EXPECT_EQ(code_of(make_request(bad, keys, kNow)), Code::InvalidArgument) << address;
  }
  EXPECT_TRUE(parse_peer_address("[::1]:8443"));
}

TEST(Enrolment, ARenewalKeepsTheOldLogKeyForWhatItSigned) {
  test::TestZone jp = test::make_zone("jp", kNow);
  const NodeKeys first = must(NodeKeys::generate());
  const NodeKeys second = must(NodeKeys::generate());
  const Instant later = kNow + std::chrono::hours(24 * 60);
  must(jp.authority->enroll(must(NodeRequest::parse(must(make_request(kFarm, first, kNow)))), Assurance::Low, kNow));
  must(jp.authority->enroll(must(NodeRequest::parse(must(make_request(kFarm, second, later)))), Assurance::Low, later));
  test::publish(jp, later);
  const NodeRecord* record = jp.state->node("farm.jp.example");
  ASSERT_EQ(record->log_keys.size(), 2U);
  const std::string origin = log_origin("farm.jp.example", kNow);
  EXPECT_EQ(record->log_key(origin, kNow), must(first.log.public_key().ed25519()));
  EXPECT_EQ(record->log_key(origin, later), must(second.log.public_key().ed25519()));
}

}  // namespace
}  // namespace sekisho::trust
