// Two whole nodes and their clients over real sockets: what crosses, what is refused, what survives.
#include <array>
#include <fstream>

#include "base/async/sync_wait.hpp"
#include "base/core/encoding.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/system_random.hpp"
#include "base/http/socket.hpp"
#include "tests/support/loopback_node.hpp"

namespace sekisho::test {
namespace {

std::int64_t open_releases(LoopbackNode& node) {
  const JsonObject status = node.status();
  const auto* exchanges = status.if_contains("exchanges");
  return exchanges == nullptr ? -1 : exchanges->at("open_releases").as_int64();
}

std::string header(const http::ClientResponse& answer, std::string_view name) { return std::string(answer.headers.get(name)); }

std::string fresh_exchange() {
  SystemRandom random;
  return to_text(make_uuid_v7(SystemClock().now(), random.bytes(10)));
}

class TwoNodes : public ::testing::Test {
 protected:
  void SetUp() override { world.start(); }

  http::ClientResponse get(std::string_view dataset, http::Headers headers = {}) {
    return world.trade.service("GET", data_target(dataset), "", std::move(headers));
  }

  // The trade node's own key on the farm's data plane, below the consumer's code.
  http::ClientResponse pull(const http::ClientResponse& earlier, const std::string& exchange, const std::string& intent) {
    const std::string transfer = header(earlier, "Sekisho-Transfer");
    const auto made = world.trade.ask_peer(world.farm, "POST", "/sekisho/v1/transfers/" + transfer + "/token", {}, "{}");
    EXPECT_EQ(made.status, 200) << made.body;
    const auto token = get_string(object_in(made.body), "token");
    if (!token) return made;
    return world.trade.ask_peer(world.farm, "GET", "/data/" + transfer,
                                {{"Authorization", "Bearer " + *token}, {"Sekisho-Exchange", exchange}, {"Sekisho-Intent", intent}});
  }

  LoopbackWorld world;
};

TEST_F(TwoNodes, OneGetCrossesShapedAndTheNextReusesTheAgreement) {
  const auto first = get("events");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body, "{\"lot\":\"A\",\"value\":0}\n{\"lot\":\"A\",\"value\":2}\n{\"lot\":\"A\",\"value\":4}\n");
  for (const char* name : {"Sekisho-Agreement", "Sekisho-Exchange", "Sekisho-Log", "Sekisho-Salt", "Sekisho-Correlation-Id"}) {
    EXPECT_TRUE(first.headers.has(name)) << name;
  }
  EXPECT_EQ(header(first, "Content-Type"), "application/x-ndjson");
  const auto second = get("events");
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(header(second, "Sekisho-Agreement"), header(first, "Sekisho-Agreement"));
  EXPECT_NE(header(second, "Sekisho-Exchange"), header(first, "Sekisho-Exchange"));
  EXPECT_TRUE(eventually([this] { return open_releases(world.farm) == 0; })) << "a receipt did not arrive";
  const auto known = world.trade.service("GET", "/v1/exchanges/" + header(first, "Sekisho-Exchange"));
  EXPECT_EQ(known.status, 200) << known.body;
  EXPECT_EQ(known.body.find(kGrower), std::string::npos);
}

TEST_F(TwoNodes, RefusesWithACodeAndACorrelationId) {
  ASSERT_EQ(get("twice").status, 200);
  ASSERT_EQ(get("twice").status, 200);
  struct Case {
    const char* name;
    http::ClientResponse answer;
    int status;
    const char* code;
  };
  LoopbackNode& trade = world.trade;
  const std::string large = "{\"dataset\":\"" + std::string(3'000'000, 'x') + "\"}";
  const Case cases[] = {
      {"purpose", trade.service("GET", data_target("events", kMarketing)), 403, "PURPOSE_MISMATCH"},
      {"quota", get("twice"), 403, "QUOTA"},
      {"expired", get("late"), 403, "EXPIRED"},
      {"unknown dataset", get("nothing"), 404, "DATASET_UNKNOWN"},
      {"wrong token", get("events", {{"Authorization", "Bearer " + std::string(64, '0')}}), 401, "UNAUTHENTICATED"},
      {"wrong scope", get("events", {{"Authorization", "Bearer " + trade.auditor}}), 403, "FORBIDDEN"},
      {"body", trade.service("POST", "/v1/data/farm.jp.example", large), 413, "BODY_TOO_LARGE"},
      {"accept", get("events", {{"Accept", "image/png"}}), 406, "NOT_ACCEPTABLE"},
      {"parameter", trade.service("GET", data_target("events") + "&colour=red"), 400, "INVALID_ARGUMENT"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.answer.status, c.status) << c.answer.body;
    EXPECT_EQ(code_in(c.answer), c.code);
    EXPECT_TRUE(c.answer.headers.has("Sekisho-Correlation-Id"));
    EXPECT_EQ(object_in(c.answer.body).if_contains("correlationId") != nullptr, true);
  }
}

TEST_F(TwoNodes, AnIdempotencyKeyIsServedOnce) {
  const http::Headers key{{"Idempotency-Key", "order-1"}};
  ASSERT_EQ(get("events", key).status, 200);
  const auto again = get("events", key);
  EXPECT_EQ(again.status, 409) << again.body;
  EXPECT_EQ(code_in(again), "IDEMPOTENCY_DELIVERED");
  const auto other = get("twice", key);
  EXPECT_EQ(other.status, 422) << other.body;
  EXPECT_EQ(code_in(other), "IDEMPOTENCY_MISMATCH");
}

TEST_F(TwoNodes, AnExchangeIdIsUsedOnce) {
  const auto first = get("events");
  ASSERT_EQ(first.status, 200) << first.body;
  const auto replayed = pull(first, header(first, "Sekisho-Exchange"), header(first, "Sekisho-Intent"));
  EXPECT_EQ(replayed.status, 409) << replayed.body;
  EXPECT_EQ(code_in(replayed), "EXCHANGE_REPLAYED");
  EXPECT_NE(header(replayed, "Link").find(header(first, "Sekisho-Exchange")), std::string::npos);
}

TEST_F(TwoNodes, AnUnusedIdIsVoidedAndThenSpent) {
  const auto first = get("events");
  ASSERT_EQ(first.status, 200) << first.body;
  const std::string exchange = fresh_exchange();
  const std::string target = "/sekisho/v1/exchanges/" + exchange + "/evidence?transfer=" + header(first, "Sekisho-Transfer");
  const auto outcome = world.trade.ask_peer(world.farm, "GET", target);
  ASSERT_EQ(outcome.status, 200) << outcome.body;
  EXPECT_NE(outcome.body.find("void"), std::string::npos) << outcome.body;
  const auto late = pull(first, exchange, header(first, "Sekisho-Intent"));
  EXPECT_EQ(late.status, 409) << late.body;
}

async::Task<bool> closed_by_the_other_side(const LoopbackNode& from, LoopbackWorld& world) {
  auto socket = co_await http::connect_tcp("127.0.0.1", world.farm.node->peer_port(), async::Deadline::in(std::chrono::seconds(5)));
  if (!socket) co_return false;
  const auto context = from.peer_context();
  const auto stream = context->stream(std::move(*socket), world.farm.dns);
  const auto shaken = co_await stream->handshake();
  if (!shaken) co_return false;
  const auto sent = co_await stream->write_all("GET /.well-known/did.json HTTP/1.1\r\nHost: farm.jp.example\r\n\r\n");
  if (!sent) co_return false;
  std::array<char, 16384> octets{};
  const auto answer = co_await stream->read_some(octets);
  if (!answer || *answer == 0) co_return false;
  const Instant now = SystemClock().now();
  if (!world.jp.authority->suspend("eu", "review", now)) co_return false;
  publish(world.jp, now);
  world.farm.install_snapshot(world.jp.snapshot);
  const auto soon = async::Deadline::in(std::chrono::seconds(10));  // before an idle connection would end anyway
  for (;;) {
    const auto rest = co_await stream->read_some(octets);
    if (!rest || *rest == 0) co_return !soon.expired();
  }
}

TEST_F(TwoNodes, SuspensionEndsServiceAndLiveConnectionsUntilResumed) {
  ASSERT_EQ(get("events").status, 200);
  EXPECT_TRUE(async::sync_wait(closed_by_the_other_side(world.trade, world)));
  const auto refused = get("events");
  EXPECT_EQ(refused.status, 401) << refused.body;
  EXPECT_EQ(code_in(refused), "RECOGNITION_SUSPENDED");
  ASSERT_TRUE(world.jp.authority->resume("eu", "done", SystemClock().now()));
  world.publish();
  const auto served = get("events");
  EXPECT_EQ(served.status, 200) << served.body;
}

TEST_F(TwoNodes, AgreementsOutliveTheProvidersRestart) {
  const auto first = get("events");
  ASSERT_EQ(first.status, 200) << first.body;
  world.farm.stop();
  const auto nobody = get("events");
  EXPECT_GE(nobody.status, 500) << nobody.body;
  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  const auto again = get("events");
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(header(again, "Sekisho-Agreement"), header(first, "Sekisho-Agreement"));
  EXPECT_TRUE(eventually([this] { return open_releases(world.farm) == 0; }));
}

// Tokens are not stored: the first call after the restart asks for a fresh one.
TEST_F(TwoNodes, AgreementsOutliveTheConsumersRestart) {
  const auto first = get("events");
  ASSERT_EQ(first.status, 200) << first.body;
  world.trade.stop();
  ASSERT_TRUE(world.trade.start()) << world.trade.last_error;
  const auto again = get("events");
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(header(again, "Sekisho-Agreement"), header(first, "Sekisho-Agreement"));
  EXPECT_TRUE(eventually([this] { return open_releases(world.farm) == 0; }));
}

TEST_F(TwoNodes, AMissingSourceIsRefusedAndTheRefusalIsLogged) {
  ASSERT_EQ(get("gone").status, 200);
  std::filesystem::remove(world.folder.path() / "gone.ndjson");
  const auto refused = get("gone");
  EXPECT_EQ(refused.status, 502) << refused.body;
  EXPECT_EQ(code_in(refused), "SOURCE_FAILED");
  EXPECT_EQ(refused.body.find("gone.ndjson"), std::string::npos) << "a path of the provider crossed: " << refused.body;
  const auto log = world.trade.service("POST", "/v1/audit/query", "{\"dataset\":\"gone\",\"kind\":\"REFUSAL_IN\"}",
                                       {{"Authorization", "Bearer " + world.trade.auditor}});
  EXPECT_EQ(log.status, 200) << log.body;
  EXPECT_NE(log.body.find("REFUSAL_IN"), std::string::npos) << log.body;
}

std::string operations(const http::ClientResponse& answer) {
  std::string out;
  const JsonObject document = object_in(answer.body);
  const auto* changes = document.if_contains("changes");
  if (changes == nullptr || !changes->is_array()) return answer.body;
  for (const Json& change : changes->get_array()) out += change.as_object().at("op").as_string();
  return out;
}

TEST_F(TwoNodes, ApplyIsIdempotentAndADryRunChangesNothing) {
  JsonObject document = world.offers();
  document.erase("offers");  // their end is reckoned from now
  const std::string text = to_text(Json(document));
  const std::string same = operations(world.farm.operate("POST", "/apply", text));
  EXPECT_EQ(same, std::string(same.size(), '='));
  EXPECT_GE(same.size(), 10U);

  document["datasets"].as_array().push_back(
      JsonObject{{"id", "more"}, {"title", "more"}, {"source", "rows"}, {"media", "application/x-ndjson"}});
  const std::string more = to_text(Json(document));
  const auto size = world.farm.status().at("log").at("size").as_int64();
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(operations(world.farm.operate("POST", "/apply?dry_run=true", more)).find('+') != std::string::npos, true);
  }
  EXPECT_EQ(world.farm.status().at("log").at("size").as_int64(), size);
  EXPECT_NE(operations(world.farm.operate("POST", "/apply", more)).find('+'), std::string::npos);
}

}  // namespace
}  // namespace sekisho::test
