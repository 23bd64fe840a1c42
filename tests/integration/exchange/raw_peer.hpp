// The trade node's own keys against the farm's data plane, below the consumer's code: pulls and receipts that its node
// knows nothing of.
#pragma once

#include "base/core/encoding.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/system_random.hpp"
#include "node/identity/local_identity.hpp"
#include "tests/integration/stream_world.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::test {

class RawPeer : public StreamWorld {
 protected:
  void SetUp() override { world.start(); }

  // One ordinary call: agreement and transfer are there then.
  void open(std::string_view dataset) {
    const auto first = world.trade.service("GET", data_target(dataset));
    ASSERT_EQ(first.status, 200) << first.body;
    transfer_ = first.headers.get("Sekisho-Transfer");
    intent_ = first.headers.get("Sekisho-Intent");
    const auto made =
        world.trade.ask_peer(world.farm, "POST", "/sekisho/v1/transfers/" + transfer_ + "/token", {}, "{}");
    token_ = get_string(object_in(made.body), "token").value_or("");
    ASSERT_FALSE(token_.empty()) << made.body;
  }

  http::ClientResponse pull(const std::string& retry_of = "") {
    SystemRandom random;
    http::Headers headers{{"Authorization", "Bearer " + token_},
                          {"Sekisho-Exchange", to_text(make_uuid_v7(SystemClock().now(), random.bytes(10)))},
                          {"Sekisho-Intent", intent_}};
    if (!retry_of.empty()) headers.set("Sekisho-Retry-Of", retry_of);
    return world.trade.ask_peer(world.farm, "GET", "/data/" + transfer_, std::move(headers));
  }

  static trust::Statement statement_of(const http::ClientResponse& answer) {
    const auto envelope = trust::envelope_from_header(answer.headers.get("Sekisho-Statement"));
    EXPECT_TRUE(envelope) << answer.body;
    return envelope ? trust::parse_statement(envelope->payload).value() : trust::Statement{};
  }

  // Sealed by the trade node; commitment: of what it says it received.
  std::string receipt(const trust::Statement& release, const std::string& outcome, std::optional<Digest> commitment) {
    const node::LocalIdentity self = node::load_local_identity(world.trade.settings.keys).value();
    const std::string exchange = to_text(*release.exchange());
    trust::Draft draft;
    draft.kind = trust::StatementKind::Receipt;
    draft.agreement = release.agreement;
    draft.members = {{"of", to_hex(release.id)}, {"exchange", exchange}, {"outcome", outcome}};
    if (commitment) {
      draft.subject.push_back({exchange, *commitment});
      draft.members["bytes"] = 1;
      draft.members["chunks"] = 1;
      draft.members["commitment"] = to_hex(*commitment);
    }
    trust::Assigned assigned;
    assigned.issuer = {self.did, self.zone, self.statement_cert};
    assigned.origin = self.dns + "/sekisho/2026h2";
    assigned.index = 1'000'000;
    assigned.time = SystemClock().now();
    assigned.clock = SystemClock().read();
    assigned.counter = 1'000'000;
    assigned.prev = Digest{7};
    trust::Envelope envelope{trust::assemble(draft, assigned), {}};
    const trust::SealInput one{trust::statement_id(envelope.payload), envelope.payload};
    envelope.seal = trust::seal_batch({&one, 1}, *self.statement_signer).value().front();
    return to_base64url(trust::encode_envelope(envelope));
  }

  std::string post(const std::string& receipt) {
    const auto answer = world.trade.ask_peer(world.farm, "POST", "/sekisho/v1/receipts", {},
                                             to_text(Json(JsonObject{{"receipts", JsonArray{Json(receipt)}}})));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }

 private:
  std::string transfer_, intent_, token_;
};

}  // namespace sekisho::test
