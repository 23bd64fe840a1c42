#include "node/dataspace/certificate_book.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "node/journal/materials.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

// Its zone may have revoked a certificate that it adds: in a bundle that would look like the end of the statement's
// own.
TEST(CertificateBook, KeepsOfAPeersChainWhatTheLeafBinds) {
  TwoNodes nodes;
  std::size_t asked = 0;
  nodes.net.back = [&](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    if (!answer || request.target.find("/sekisho/v1/certificates/") == std::string::npos) return;
    std::vector<Bytes> chain = split_chain(as_bytes(answer->body)).value();
    chain.push_back(nodes.zones.farm.tls_chain.front());
    answer->body = as_text(join_chain(chain));
    ++asked;
  };
  const auto made = nodes.negotiate();
  ASSERT_TRUE(made) << made.error().chain();
  EXPECT_GE(asked, 1U);
  const auto kept = find_chain(*nodes.trade_storage, nodes.zones.farm.statement_cert);
  ASSERT_TRUE(kept);
  ASSERT_TRUE(kept->has_value());
  EXPECT_EQ((*kept)->size(), 2U);  // the leaf and its issuing CA
}

// Whether its certificate and snapshot held then, no one can say yet; and the clock that is wrong may be the own one.
TEST(CertificateBook, TakesWhatIsDatedAheadWhenTheClocksAgree) {
  constexpr std::chrono::minutes kAhead = kClockSkew + std::chrono::minutes(1);
  TwoNodes nodes;
  nodes.farm->clock->advance(kAhead);
  std::atomic<std::size_t> refused = 0;
  nodes.net.back = [&](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    if (!answer || answer->status != 503 || request.dns != "trade.eu.example") return;
    EXPECT_NE(answer->body.find("CLOCKS_DIFFER"), std::string::npos) << answer->body;
    if (++refused == 2) nodes.trade->clock->advance(kAhead);
  };
  const auto made = nodes.negotiate();
  ASSERT_TRUE(made) << made.error().chain();
  EXPECT_EQ(refused, 2U);
}

}  // namespace
}  // namespace sekisho::node::testing
