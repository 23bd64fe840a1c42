#include <gtest/gtest.h>

#include "base/core/file.hpp"
#include "node/identity/local_identity.hpp"
#include "tests/support/test_data.hpp"
#include "tests/support/test_zone.hpp"
#include "trust/identity/did_document.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::node {
namespace {

const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};

struct Folder : ::testing::Test {
  void SetUp() override {
    trust::NodeParticulars node;
    node.dns = "clinic.jp.example";
    node.organization = "Clinic";
    node.address = "127.0.0.1:9460";
    const auto request = trust::init_node_folder(folder, node, kNow);
    ASSERT_TRUE(request) << request.error().chain();
    const auto parsed = trust::NodeRequest::parse(*request);
    ASSERT_TRUE(parsed) << parsed.error().chain();
    const auto certificates = zones.jp.authority->enroll(*parsed, trust::Assurance::Substantial, kNow);
    ASSERT_TRUE(certificates) << certificates.error().chain();
    const Status installed = trust::install_node_certificates(folder, certificates->encode());
    ASSERT_TRUE(installed) << installed.error().chain();
  }
  test::TestZones zones = test::make_test_zones(kNow);
  test::TemporaryFolder temporary;
  std::filesystem::path folder = temporary.path() / "keys";
};

TEST_F(Folder, IsLoadedWhole) {
  const auto self = load_local_identity(folder);
  ASSERT_TRUE(self) << self.error().chain();
  EXPECT_EQ(self->did, "did:web:clinic.jp.example");
  EXPECT_EQ(self->zone, "jp");
  EXPECT_EQ(self->address, "127.0.0.1:9460");
  EXPECT_FALSE(self->keys_wrapped);
  EXPECT_FALSE(self->tls_key_pem->empty());
  EXPECT_EQ(self->statement_chain.size(), 2U);
  const Bytes message{1, 2, 3};
  const auto signature = self->statement_signer->sign(message);
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verify(self->statement_signer->public_key(), message, *signature));
  const auto judged = zones.jp.state->judge(self->statement_chain, trust::Use::Statement, kNow);
  ASSERT_TRUE(judged) << judged.error().chain();
  EXPECT_EQ(judged->statement_key, self->statement_signer->public_key().octets);
  EXPECT_EQ(judged->cert, self->statement_cert);
}

TEST_F(Folder, TheDidDocumentShowsTheTokenKey) {
  const auto self = load_local_identity(folder);
  ASSERT_TRUE(self);
  const auto document = did_document(*self);
  ASSERT_TRUE(document) << document.error().chain();
  const auto read = trust::parse_did_document(to_text(*document), self->did);
  ASSERT_TRUE(read) << read.error().chain();
  ASSERT_EQ(read->keys.size(), 1U);
  EXPECT_EQ(read->keys.front().key.spki(), self->token_key->public_key().spki_der());
  EXPECT_EQ(read->services.size(), 2U);
}

TEST_F(Folder, AKeyThatOthersMayReadIsRefused) {
  std::filesystem::permissions(folder / "token.key", std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_EQ(load_local_identity(folder).error().code, Code::KeyFileMode);
}

TEST_F(Folder, AFolderWithoutAPseudonymKeyIsLoadedAndGetsOne) {
  EXPECT_EQ(pseudonym_root(*load_local_identity(folder)).size(), 32U);
  std::filesystem::remove(folder / "pseudonym.key");
  EXPECT_TRUE(pseudonym_root(*load_local_identity(folder)).empty());
  const auto made = trust::make_pseudonym_key(folder);
  ASSERT_TRUE(made) << made.error().chain();
  const auto self = load_local_identity(folder);
  EXPECT_TRUE(std::ranges::equal(pseudonym_root(*self), (*made)->view()));
  ASSERT_TRUE(write_file_atomic(folder / "pseudonym.key", as_bytes("sekisho-symmetric-key-v1\nAAAA\n"), 0600));
  EXPECT_EQ(load_local_identity(folder).error().code, Code::KeyFile);
}

TEST_F(Folder, AMissingKeyIsNamed) {
  std::filesystem::remove(folder / "log.key");
  const auto self = load_local_identity(folder);
  ASSERT_FALSE(self);
  EXPECT_NE(self.error().chain().find("log.key"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::node
