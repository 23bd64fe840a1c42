// Clients of one node do not see each other's exchanges and transfers; whoever audits sees all and ends none.
#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

class Owners : public StreamWorld {
 protected:
  void SetUp() override {
    world.start();
    const JsonObject client{
        {"id", "second"}, {"token_sha256", to_hex(sha256(as_bytes(second_)))}, {"scopes", JsonArray{"data"}}};
    const auto applied =
        world.trade.operate("POST", "/apply", to_text(Json(JsonObject{{"clients", JsonArray{client}}})));
    ASSERT_EQ(applied.status, 200) << applied.body;
  }
  http::ClientResponse as(const std::string& token, const std::string& method, const std::string& target,
                          const std::string& body = "") {
    return world.trade.service(method, target, body, {{"Authorization", "Bearer " + token}});
  }

  const std::string second_ = std::string(64, 'b');
};

TEST_F(Owners, AnExchangeIsItsClients) {
  const auto made = world.trade.service("GET", data_target("events"));
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string target = "/v1/exchanges/" + std::string(made.headers.get("Sekisho-Exchange"));
  EXPECT_EQ(as(world.trade.token, "GET", target).status, 200);
  EXPECT_EQ(as(world.trade.auditor, "GET", target).status, 200);
  const auto other = as(second_, "GET", target);
  const auto unknown = as(second_, "GET", "/v1/exchanges/01931f3a-7c00-7000-8000-000000000001");
  EXPECT_EQ(other.status, 404) << other.body;
  EXPECT_EQ(code_in(other), code_in(unknown));
  EXPECT_EQ(unknown.status, 404);
}

TEST_F(Owners, ATransferIsItsClients) {
  const auto made = as(world.trade.token, "POST", "/v1/transfers",
                       to_text(Json(JsonObject{{"provider", "farm.jp.example"},
                                               {"dataset", "events"},
                                               {"purpose", kFoodSafety},
                                               {"endpoint", "https://in.trade.eu.example/sink"}})));
  ASSERT_EQ(made.status, 202) << made.body;
  const std::string target(made.headers.get("Location"));
  EXPECT_EQ(as(world.trade.token, "GET", target).status, 200);
  EXPECT_EQ(as(world.trade.auditor, "GET", target).status, 200);
  EXPECT_EQ(code_in(as(second_, "GET", target)), "TRANSFER_UNKNOWN");
  EXPECT_EQ(code_in(as(second_, "DELETE", target)), "TRANSFER_UNKNOWN");
  EXPECT_EQ(as(world.trade.auditor, "DELETE", target).status, 403);
}

TEST_F(Owners, AStreamGoesOnForItsClientOnly) {
  StreamCall call(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return call.done(); }));
  const auto other = as(second_, "GET", data_target("large") + "&resume=" + call.header("Sekisho-Exchange"));
  EXPECT_EQ(code_in(other), "NOT_FOUND") << other.body;
}

}  // namespace
}  // namespace sekisho::test
